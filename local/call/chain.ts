import { Bare, chainQuery, query, type Selection, unwrap } from "./graphql.js";
import type { ModuleClass } from "./load.js";
import type { ModuleLocation } from "./location.js";
import { type Api, type Arg, findObject, innermost, type ObjectDef, type TypeRef } from "./model.js";
import { partialOf, placed } from "./partial.js";
import type { Plan, Step } from "./plan.js";
import type { EngineSession } from "./session.js";
import { CallError } from "./usage.js";
import type { FlagValue } from "./value.js";
import { argumentsFor, resolve } from "./values.js";

/** What a call gave. */
export type Outcome =
  /** Plain data: texts, numbers, lists of them. */
  | { kind: "data"; data: unknown }
  /** Nothing to print. */
  | { kind: "void" }
  /** Objects, named by their ids; those of the module by their state. */
  | { kind: "objects"; type: string; ids: string[]; list: boolean }
  /** Written to the host by the engine. */
  | { kind: "saved"; path: string };

export type Caller = {
  session: EngineSession;
  module: ModuleLocation;
  api: Api;
  core: () => Promise<Api>;
  classes: Map<string, ModuleClass>;
};

/**
 * Rebuilds an object from its declared state, as the engine does between two calls: what is not a declared property
 * does not survive there, and must not seem to survive here.
 */
function carriedOver(value: object, def: ObjectDef, classes: Map<string, ModuleClass>): object {
  for (const key of Object.keys(value)) {
    if (!def.state?.includes(key)) throw new CallError(`${def.name} keeps ${key}, which is not declared as a property`);
  }
  const Class = classes.get(def.name);
  return Class ? Object.assign(Object.create(Class.prototype), value) : value;
}

async function each<T>(value: unknown, act: (one: unknown) => Promise<T>): Promise<T | T[]> {
  if (!Array.isArray(value)) return await act(value);
  const all: T[] = [];
  for (const one of value) {
    const result = await each(one, act);
    if (Array.isArray(result)) all.push(...result);
    else all.push(result);
  }
  return all;
}

async function callModule(step: Step, value: unknown, caller: Caller): Promise<unknown> {
  const args = step.fn.field ? [] : await argumentsFor(step.fn.args, step.values, caller.module, caller.api);
  return await each(value, async (one) => {
    const object = carriedOver(one as object, step.on, caller.classes) as { [name: string]: unknown };
    const member = object[step.fn.name];
    if (step.fn.field) return member;
    if (typeof member !== "function") throw new CallError(`${step.on.name} has no method ${step.fn.name}`);
    return await member.apply(object, args);
  });
}

async function idOf(value: unknown): Promise<string> {
  const object = value as { id?: () => Promise<string> } | null | undefined;
  if (typeof object?.id !== "function") {
    throw new CallError(`expected an object of the engine, found ${JSON.stringify(value)}`);
  }
  return await object.id();
}

async function literalOf(value: unknown, type: TypeRef): Promise<unknown> {
  if (Array.isArray(value)) {
    return await Promise.all(value.map((one) => literalOf(one, type.element ?? type)));
  }
  if (type.kind === "enum") return new Bare(String(value));
  return type.kind === "object" ? await idOf(value) : value;
}

async function selectionOf(step: Step): Promise<Selection> {
  const given = step.fn.args.flatMap((arg): [Arg, FlagValue][] => {
    const value = step.values.get(arg.flag);
    return value === undefined ? [] : [[arg, value]];
  });
  const args = await Promise.all(
    given.map(async ([arg, value]): Promise<[string, unknown]> => {
      return [arg.name, await literalOf(await resolve(value, arg.type, arg), arg.type)];
    }),
  );
  return { field: step.fn.name, args };
}

/** What to ask of an object at the end of a chain: to be written to the host, to be evaluated, or for its id. */
function leaf(def: ObjectDef | undefined, output: string | undefined): { selection: Selection; saves: boolean } {
  const exporter = def?.functions.find((fn) => fn.name === "export" && fn.args.some((arg) => arg.name === "path"));
  if (output !== undefined && exporter) {
    const args: [string, unknown][] = [["path", output]];
    if (exporter.args.some((arg) => arg.name === "allowParentDirPath")) args.push(["allowParentDirPath", true]);
    return { selection: { field: "export", args }, saves: true };
  }
  const syncs = def?.functions.some((fn) => fn.name === "sync" && fn.args.length === 0);
  return { selection: { field: syncs ? "sync" : "id", args: [] }, saves: false };
}

/** What `export --path` is to write: another place first, where the export is one file or folder and wipes nothing. */
function redirected(
  last: Step | undefined,
  selection: Selection | undefined,
): { path: string; partial: string } | undefined {
  const path = selection?.args.find(([name]) => name === "path");
  const wipes = selection?.args.some(([name, value]) => name === "wipe" && value === true);
  if (last?.fn.name !== "export" || !["Directory", "File"].includes(last.on.name) || !path || wipes) return undefined;
  const target = String(path[1]);
  const partial = partialOf(target, last.on.name === "Directory");
  if (partial === undefined) return undefined;
  path[1] = partial;
  return { path: target, partial };
}

async function callCore(value: unknown, type: TypeRef, steps: Step[], plan: Plan, caller: Caller): Promise<Outcome> {
  const start = innermost(type);
  const selections = await Promise.all(steps.map(selectionOf));
  const exported = type.kind === "list" ? undefined : redirected(steps.at(-1), selections.at(-1));
  const end = innermost(plan.returns);
  const isObject = end.kind === "object" || end.kind === "interface";
  const output = plan.globals.output;
  let saves = false;
  let partial: string | undefined;
  if (isObject) {
    const def = findObject(end.name ?? "", [await caller.core()]);
    const one = type.kind !== "list" && plan.returns.kind !== "list";
    if (output !== undefined && one) partial = partialOf(output, end.name === "Directory");
    const last = leaf(def, partial ?? output);
    saves = last.saves;
    selections.push(last.selection);
  }
  const run = async (one: unknown): Promise<unknown> => {
    const answer = await query(caller.session, chainQuery(await idOf(one), start.name ?? "", selections));
    return unwrap(answer, selections.length + 1);
  };
  const data = await each(value, run);
  if (exported) return { kind: "data", data: placed(exported.partial, exported.path) };
  if (end.kind === "void") return { kind: "void" };
  if (partial !== undefined && output !== undefined) return { kind: "saved", path: placed(partial, output) };
  if (saves) return { kind: "saved", path: String(Array.isArray(data) ? data.at(-1) : data) };
  if (!isObject) return { kind: "data", data };
  const list = Array.isArray(data);
  return { kind: "objects", type: end.name ?? "", ids: (list ? data : [data]).map(String), list };
}

/** An enum's member by name, where the code gave its value. */
function withNames(data: unknown, type: TypeRef, api: Api): unknown {
  if (Array.isArray(data)) return data.map((one) => withNames(one, type.element ?? type, api));
  if (type.kind !== "enum") return data;
  const def = api.enums.find((each) => each.name === type.name);
  return def?.members.find((member) => member.value === data)?.name ?? data;
}

/** Runs a plan: the module's functions in this process, the engine's by one query. */
export async function run(plan: Plan, caller: Caller): Promise<Outcome> {
  const main = caller.api.main?.object ?? "";
  const Class = caller.classes.get(main);
  if (!Class) throw new CallError(`the module exports no class ${main}`);
  const args = await argumentsFor(plan.constructorArgs, plan.constructorValues, caller.module, caller.api);
  let value: unknown = new Class(...args);
  let type: TypeRef = { kind: "object", name: main };

  const firstCore = plan.steps.findIndex((step) => step.on.core);
  const own = firstCore < 0 ? plan.steps : plan.steps.slice(0, firstCore);
  for (const step of own) {
    value = await callModule(step, value, caller);
    type = step.fn.returns;
  }
  const inner = innermost(type);
  const ofModule = caller.api.objects.some((object) => object.name === inner.name);
  if (inner.kind === "object" && !ofModule) {
    return await callCore(value, type, plan.steps.slice(own.length), plan, caller);
  }
  if (type.kind === "void") return { kind: "void" };
  if (inner.kind !== "object") {
    if (inner.kind === "int" && typeof value === "number" && !Number.isInteger(value)) {
      throw new CallError(`the function returned ${value}, which is no integer: its type should be float`);
    }
    return { kind: "data", data: withNames(value, type, caller.api) };
  }
  const list = Array.isArray(value);
  const states = await Promise.all((list ? (value as unknown[]) : [value]).map(stateOf));
  return { kind: "objects", type: inner.name ?? "", ids: states, list };
}

/** A text that stands for an object of the module: its state, with ids for the engine's objects. */
async function stateOf(value: unknown): Promise<string> {
  const fields = await Promise.all(
    Object.entries(value as object).map(async ([key, field]): Promise<[string, unknown]> => {
      const isCore = typeof (field as { id?: unknown } | null)?.id === "function";
      return [key, isCore ? await idOf(field) : field];
    }),
  );
  return JSON.stringify(Object.fromEntries(fields));
}
