import { isAbsolute, join, relative } from "node:path";
import type { ModuleLocation } from "./location.js";
import { type Api, type Arg, findEnum, type TypeRef } from "./model.js";
import { dag } from "./sdk.js";
import { CallError } from "./usage.js";
import type { FlagValue } from "./value.js";

/** Turns a text into the object of the engine that it names. Paths start from where the CLI runs. */
async function objectAt(address: string, type: TypeRef, ignore: string[] | undefined): Promise<unknown> {
  const at = dag.address(address);
  switch (type.name) {
    case "Container":
      return await at.container().sync();
    case "Directory":
      return await at.directory(ignore ? { exclude: ignore } : {}).sync();
    case "File":
      return await at.file().sync();
    case "Secret":
      return at.secret();
    case "Service":
      return await at.service().start();
    case "Socket":
      return at.socket();
    case "GitRepository":
      return at.gitRepository();
    case "GitRef":
      return at.gitRef();
    case "CacheVolume":
      return dag.cacheVolume(address);
    case "ModuleSource":
      return await dag.moduleSource(address).sync();
    case "Module":
      return await dag.moduleSource(address).asModule().sync();
    default:
      throw new CallError(`no ${type.name} can be made from ${JSON.stringify(address)}`);
  }
}

/** A value of a flag as the engine's objects, for functions of the module and of the engine alike. */
export async function resolve(value: FlagValue, type: TypeRef, arg: Arg): Promise<unknown> {
  if (type.kind === "list" && type.element && Array.isArray(value)) {
    const element = type.element;
    return await Promise.all(value.map((each) => resolve(each, element, arg)));
  }
  if (type.kind !== "object") return value;
  try {
    return await objectAt(String(value), type, arg.ignore);
  } catch (error) {
    (error as Error).message = `--${arg.flag}=${String(value)}: ${(error as Error).message}`;
    throw error;
  }
}

/** Where a default path leads on this machine. It may not leave the module's context. */
export function contextPath(module: ModuleLocation, path: string): string {
  const full = isAbsolute(path) ? join(module.context, path) : join(module.root, path);
  const inside = relative(module.context, full);
  if (inside.startsWith("..")) throw new CallError(`default path ${path} leads out of ${module.context}`);
  return full;
}

async function contextual(arg: Arg, module: ModuleLocation): Promise<unknown> {
  const path = arg.defaultPath ?? "";
  if (arg.type.name === "GitRepository" || arg.type.name === "GitRef") {
    const local = [".", ".git", ""].includes(path.replace(/^\/+|\/+$/g, ""));
    const repository = local
      ? dag.host().directory(module.context, { gitignore: true }).asGit()
      : dag.address(path).gitRepository();
    return arg.type.name === "GitRef" ? repository.head() : repository;
  }
  const full = contextPath(module, path);
  try {
    if (arg.type.name === "File") return await dag.host().file(full).sync();
    return await dag
      .host()
      .directory(full, arg.ignore ? { exclude: arg.ignore } : {})
      .sync();
  } catch (error) {
    (error as Error).message = `--${arg.flag} (default ${path}): ${(error as Error).message}`;
    throw error;
  }
}

/** An enum's value in the code, from its name on the command line. A core enum's name is its value. */
function enumValue(value: unknown, type: TypeRef, module: Api): unknown {
  if (type.kind === "list" && type.element && Array.isArray(value)) {
    const element = type.element;
    return value.map((each) => enumValue(each, element, module));
  }
  if (type.kind !== "enum") return value;
  return findEnum(type.name ?? "", [module])?.members.find(({ name }) => name === value)?.value ?? value;
}

/** The arguments of a function of the module in their order, with every default that the engine would fill in. */
export async function argumentsFor(
  args: Arg[],
  values: Map<string, FlagValue>,
  module: ModuleLocation,
  api: Api,
): Promise<unknown[]> {
  const list = await Promise.all(
    args.map(async (arg) => {
      const given = values.get(arg.flag);
      if (given !== undefined) return enumValue(await resolve(given, arg.type, arg), arg.type, api);
      if (arg.defaultPath !== undefined) return await contextual(arg, module);
      if (arg.defaultAddress !== undefined) return await objectAt(arg.defaultAddress, arg.type, undefined);
      if (arg.defaultValue !== undefined) return enumValue(arg.defaultValue, arg.type, api);
      return arg.nullable ? null : undefined;
    }),
  );
  const last = args.at(-1);
  if (!last?.variadic) return list;
  const rest = list.pop();
  return [...list, ...(Array.isArray(rest) ? rest : [])];
}
