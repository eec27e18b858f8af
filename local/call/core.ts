import { sdkVersion } from "./api.js";
import { readCached, writeCached } from "./cache.js";
import { query } from "./graphql.js";
import type { Api, Arg, Fn, TypeRef } from "./model.js";
import { kebab } from "./names.js";
import { kindOf } from "./scanned.js";
import type { EngineSession } from "./session.js";

/** Raised when the form of what is kept changes. */
const format = 1;

type Ref = { name: string; optional: boolean };
type CoreFn = {
  name: string;
  description: string;
  returnType: Ref;
  args: { name: string; description: string; defaultValue: string | null; typeDef: Ref }[];
};
type CoreField = { name: string; description: string; typeDef: Ref };
type CoreType = {
  name: string;
  kind: string;
  asObject: { name: string; description: string; functions: CoreFn[]; fields: CoreField[] } | null;
  asInterface: { name: string; description: string; functions: CoreFn[] } | null;
  asEnum: { name: string; members: { name: string; description: string }[] } | null;
  asScalar: { name: string } | null;
  asInput: { name: string } | null;
  asList: { elementTypeDef: Ref } | null;
};

const text = `
fragment Fn on Function {
  name description
  returnType { name optional }
  args { name description defaultValue typeDef { name optional } }
}
{ types: currentTypeDefs(returnAllTypes: true) {
  name kind
  asObject { name description functions { ...Fn } fields { name description typeDef { name optional } } }
  asInterface { name description functions { ...Fn } }
  asEnum { name members { name description } }
  asScalar { name }
  asInput { name }
  asList { elementTypeDef { name optional } }
} }`;

/** The engine's API in the form of the command line, from the answer of the engine about its types. */
export function fromTypeDefs(types: CoreType[]): Api {
  const byName = new Map(types.map((type) => [type.name, type]));
  const typeOf = (ref: Ref): TypeRef => {
    const type = byName.get(ref.name);
    const kind = kindOf(type?.kind ?? "");
    if (kind === "list" && type?.asList) return { kind, element: typeOf(type.asList.elementTypeDef) };
    const name =
      (type?.asObject ?? type?.asInterface ?? type?.asEnum ?? type?.asScalar ?? type?.asInput)?.name ?? undefined;
    return name ? { kind, name } : { kind };
  };
  const argOf = (arg: CoreFn["args"][number]): Arg => ({
    name: arg.name,
    flag: kebab(arg.name),
    description: arg.description,
    type: typeOf(arg.typeDef),
    optional: arg.typeDef.optional || Boolean(arg.defaultValue),
    ...(arg.defaultValue && { defaultValue: JSON.parse(arg.defaultValue) }),
  });
  const fnOf = (fn: CoreFn): Fn => ({
    name: fn.name,
    command: kebab(fn.name),
    description: fn.description,
    args: fn.args.map(argOf),
    returns: typeOf(fn.returnType),
  });
  const fieldOf = (field: CoreField): Fn => ({
    name: field.name,
    command: kebab(field.name),
    description: field.description,
    args: [],
    returns: typeOf(field.typeDef),
  });
  return {
    objects: types.flatMap((type) => {
      const object = type.asObject ?? type.asInterface;
      if (!object) return [];
      const functions = [...(type.asObject?.fields ?? []).map(fieldOf), ...object.functions.map(fnOf)];
      return [{ name: object.name, description: object.description, functions, core: true }];
    }),
    enums: types.flatMap(({ asEnum }) =>
      asEnum
        ? [{ name: asEnum.name, members: asEnum.members.map((member) => ({ ...member, value: member.name })) }]
        : [],
    ),
    inputs: types.flatMap(({ asInput }) => (asInput ? [asInput.name] : [])),
  };
}

function cacheName(): string {
  return `core-${format}-${sdkVersion()}.json`;
}

/** The engine's API, if an engine of this version was asked before. */
export function keptCoreApi(): Api | undefined {
  return readCached<Api>(cacheName());
}

/** The engine's API, asked of the engine once per version. */
export async function coreApi(session: EngineSession): Promise<Api> {
  const answer = (await query(session, text)) as { types: CoreType[] };
  const api = fromTypeDefs(answer.types);
  writeCached(cacheName(), api);
  return api;
}
