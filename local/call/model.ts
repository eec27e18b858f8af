/** A type as the command line sees it. Lists nest; `name` is set for enums, objects, scalars, inputs and interfaces. */
export type TypeRef = {
  kind: "string" | "int" | "float" | "bool" | "void" | "enum" | "object" | "scalar" | "input" | "interface" | "list";
  name?: string;
  element?: TypeRef;
};

/** One argument of a function, or of the constructor. */
export type Arg = {
  /** The name in the code (and in a GraphQL query). */
  name: string;
  /** The name on the command line, without dashes. */
  flag: string;
  description: string;
  type: TypeRef;
  /** No value is needed: the type says so, or there is a default of any kind. */
  optional: boolean;
  /** `T | null` in the code: an absent value arrives as null rather than undefined. */
  nullable?: boolean;
  /** The last `...rest` parameter. */
  variadic?: boolean;
  /** As JSON would have it. An enum's default is the name of its member. */
  defaultValue?: unknown;
  defaultPath?: string;
  defaultAddress?: string;
  ignore?: string[];
};

export type Fn = {
  name: string;
  /** The name on the command line. */
  command: string;
  description: string;
  args: Arg[];
  returns: TypeRef;
  /** A property rather than a method: there is nothing to call. */
  field?: boolean;
};

export type ObjectDef = {
  name: string;
  description: string;
  functions: Fn[];
  /** Of the engine's own API, so reached by queries; otherwise a class of the module, reached in this process. */
  core: boolean;
  /** What the class keeps between two calls: the code's property names. Absent for core objects. */
  state?: string[];
};

export type EnumMember = { name: string; value: string; description: string };
export type EnumDef = { name: string; members: EnumMember[] };

/** Everything that can be called: the module's classes, or the engine's own API. */
export type Api = {
  /** The class a call starts from. Absent in the engine's own API. */
  main?: { object: string; constructor: Arg[] };
  objects: ObjectDef[];
  enums: EnumDef[];
  /** Names of the input objects that the engine knows. */
  inputs: string[];
};

/** The object with this name, of the module first: a class may be named like a core type. */
export function findObject(name: string, apis: Api[]): ObjectDef | undefined {
  for (const api of apis) {
    const found = api.objects.find((object) => object.name === name);
    if (found) return found;
  }
  return undefined;
}

export function findEnum(name: string, apis: Api[]): EnumDef | undefined {
  for (const api of apis) {
    const found = api.enums.find((def) => def.name === name);
    if (found) return found;
  }
  return undefined;
}

/** The members of an enum as people write them: the Dagger CLI takes them in any case, and docs have them so. */
export function spelled(members: EnumDef["members"]): string[] {
  return members.map(({ name }) => name.toLowerCase());
}

/** What a list holds in the end, or the type itself. */
export function innermost(type: TypeRef): TypeRef {
  return type.kind === "list" && type.element ? innermost(type.element) : type;
}

/** The name of a type as `dagger call` prints it. */
export function typeName(type: TypeRef): string {
  if (type.kind === "list") return `[]${type.element ? typeName(type.element) : ""}`;
  return type.name ?? type.kind;
}
