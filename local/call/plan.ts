import { checkRequired, type Globals, noGlobals, parseSegment } from "./flags.js";
import { type Api, type Arg, type Fn, findObject, innermost, type ObjectDef, type TypeRef } from "./model.js";
import { kebab, nearest } from "./names.js";
import { UsageError } from "./usage.js";
import { type FlagValue, isSupported } from "./value.js";

export type Step = { fn: Fn; on: ObjectDef; values: Map<string, FlagValue> };

/** A whole command line, understood. */
export type Plan = {
  globals: Globals;
  constructorArgs: Arg[];
  constructorValues: Map<string, FlagValue>;
  steps: Step[];
  /** What the last function returns; the main object where no function is named. */
  returns: TypeRef;
};

/** The command line goes on into the engine's own API, which has to be known first. */
export type NeedsCore = { needsCore: true };

/** Functions that the Dagger CLI hides because they serve SDKs only. */
const hidden = new Map<string, string[] | "all">([
  ["TypeDef", "all"],
  ["Function", "all"],
  ["Module", ["withDescription", "withObject", "withInterface", "withEnum"]],
]);

/** The functions of an object that the command line can call. */
export function callable(object: ObjectDef): Fn[] {
  const skip = object.core ? hidden.get(object.name) : undefined;
  if (skip === "all") return [];
  return object.functions.filter(
    (fn) => !skip?.includes(fn.name) && fn.args.every((arg) => arg.optional || isSupported(arg)),
  );
}

function unknownFunction(word: string, object: ObjectDef, path: string[]): UsageError {
  const commands = callable(object).map((fn) => fn.command);
  const meant = nearest(word, commands);
  const on = path.length > 0 ? ` after ${path.join(" ")}, which gives a ${object.name}` : "";
  const known = commands.length > 12 ? "" : ` functions: ${commands.sort().join(", ")}`;
  return new UsageError(`unknown function "${word}"${on}.${meant ? ` Did you mean "${meant}"?` : ""}${known}`, path);
}

/** Understands a command line. Without the core API it stops where that is needed. */
export function plan(words: string[], module: Api, core: Api | undefined): Plan | NeedsCore {
  const apis = core ? [module, core] : [module];
  if (!module.main) throw new UsageError("the module has no main class");
  const globals = noGlobals();
  globals.help = asksForHelp(words);
  const steps: Step[] = [];
  const path: string[] = [];

  const main = findObject(module.main.object, apis);
  const functions = main ? callable(main).filter(({ command }) => words.includes(command)) : [];
  const ownerOf = (flag: string) => functions.find(({ args }) => args.some((arg) => arg.flag === flag))?.command;
  const first = parseSegment(words, module.main.constructor, apis, globals, path, ownerOf);
  if (!globals.help) checkRequired(first, module.main.constructor, apis, path);
  let rest = first.rest;
  let returns: TypeRef = { kind: "object", name: module.main.object };

  while (rest.length > 0) {
    const word = rest[0] ?? "";
    const type = innermost(returns);
    if (type.kind !== "object" && type.kind !== "interface") {
      throw new UsageError(`unexpected "${word}": ${path.join(" ")} gives a ${type.kind}, nothing can follow it`, path);
    }
    const object = findObject(type.name ?? "", apis);
    if (!object && !core) return { needsCore: true };
    if (!object) throw new UsageError(`unexpected "${word}": nothing is known about ${type.name}`, path);
    const fn = callable(object).find((candidate) => candidate.command === kebab(word) || candidate.name === word);
    if (!fn) throw unknownFunction(word, object, path);
    path.push(fn.command);
    if (object.core && fn.name === "terminal" && !globals.help) {
      throw new UsageError(
        `${path.join(" ")}: a terminal needs the Dagger CLI itself: dagger call ${path.join(" ")}`,
        path,
      );
    }
    const segment = parseSegment(rest.slice(1), fn.args, apis, globals, path);
    if (!globals.help) checkRequired(segment, fn.args, apis, path);
    steps.push({ fn, on: object, values: segment.values });
    returns = fn.returns;
    rest = segment.rest;
  }
  return { globals, constructorArgs: module.main.constructor, constructorValues: first.values, steps, returns };
}

/** Whether --help stands anywhere as a flag of its own: then nothing is required and nothing is run. */
function asksForHelp(words: string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).some((word) => word === "--help" || word === "-h");
}
