import type { Api, Arg, Fn, TypeRef } from "../../../local/call/model";
import { kebab } from "../../../local/call/names";

export const string: TypeRef = { kind: "string" };
export const int: TypeRef = { kind: "int" };
export const bool: TypeRef = { kind: "bool" };
export const level: TypeRef = { kind: "enum", name: "Level" };
export const object = (name: string): TypeRef => ({ kind: "object", name });
export const list = (element: TypeRef): TypeRef => ({ kind: "list", element });

export function arg(name: string, type: TypeRef, more: Partial<Arg> = {}): Arg {
  return { name, flag: kebab(name), description: "", type, optional: false, ...more };
}

export function fn(name: string, returns: TypeRef, ...args: Arg[]): Fn {
  return { name, command: kebab(name), description: `Does ${name}.\n\nAt length.`, args, returns };
}

/** A module with a few functions, as the introspector would give it. */
export const api: Api = {
  main: { object: "Main", constructor: [arg("greeting", string, { optional: true, defaultValue: "hello" })] },
  objects: [
    {
      name: "Main",
      description: "The main class.",
      core: false,
      functions: [
        fn("echo", string, arg("text", string, { description: "What to say." }), arg("loud", bool, { optional: true })),
        fn("sumUp", int, arg("ints", list(int)), arg("level", level, { optional: true, defaultValue: "LOW" })),
        fn("report", object("Report"), arg("title", string, { optional: true })),
        fn("tree", object("Directory"), arg("from", object("Directory"), { optional: true, defaultPath: "/nodes" })),
        fn("needsReport", string, arg("report", object("Report"))),
      ],
    },
    { name: "Report", description: "", core: false, functions: [fn("shout", string, arg("mark", string))] },
  ],
  enums: [
    {
      name: "Level",
      members: [
        { name: "LOW", value: "low", description: "" },
        { name: "VERY_HIGH", value: "very-high", description: "" },
      ],
    },
  ],
  inputs: [],
};

/** A little of the engine's own API. */
export const core: Api = {
  objects: [
    {
      name: "Directory",
      description: "A directory.",
      core: true,
      functions: [
        fn("entries", list(string)),
        fn("withNewFile", object("Directory"), arg("path", string), arg("contents", string)),
        fn("terminal", object("Directory")),
        fn("export", string, arg("path", string)),
      ],
    },
  ],
  enums: [],
  inputs: [],
};
