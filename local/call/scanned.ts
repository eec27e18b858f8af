import { type Api, type Arg, type EnumDef, type Fn, type ObjectDef, type TypeRef } from "./model.js";
import { kebab, memberName } from "./names.js";

/** What the SDK's introspector says about a module, as far as it is used here (its classes' JSON). */
export type ScannedType = { kind: string; name?: string; typeDef?: ScannedType };
export type ScannedArg = {
  name: string;
  description?: string;
  type?: ScannedType;
  isVariadic: boolean;
  isNullable: boolean;
  isOptional: boolean;
  defaultValue?: unknown;
  defaultPath?: string;
  defaultAddress?: string;
  ignore?: string[];
};
export type ScannedFunction = {
  name: string;
  alias?: string;
  description?: string;
  arguments: { [name: string]: ScannedArg };
  returnType?: ScannedType;
};
export type ScannedProperty = {
  name: string;
  alias?: string;
  description?: string;
  type?: ScannedType;
  isExposed: boolean;
};
export type ScannedObject = {
  name: string;
  description?: string;
  constructor?: { arguments: { [name: string]: ScannedArg } };
  methods: { [name: string]: ScannedFunction };
  properties: { [name: string]: ScannedProperty };
};
export type ScannedEnum = {
  name: string;
  values: { [name: string]: { name: string; value: string; description?: string } };
};
export type Scanned = {
  name: string;
  description?: string;
  objects: { [name: string]: ScannedObject };
  enums: { [name: string]: ScannedEnum };
  interfaces: { [name: string]: unknown };
};

const kinds: { [kind: string]: TypeRef["kind"] } = {
  STRING_KIND: "string",
  INTEGER_KIND: "int",
  FLOAT_KIND: "float",
  BOOLEAN_KIND: "bool",
  VOID_KIND: "void",
  ENUM_KIND: "enum",
  OBJECT_KIND: "object",
  SCALAR_KIND: "scalar",
  INPUT_KIND: "input",
  INTERFACE_KIND: "interface",
  LIST_KIND: "list",
};

/** The engine's word for a kind of type, in ours. */
export function kindOf(kind: string): TypeRef["kind"] {
  return kinds[kind] ?? "scalar";
}

function typeOf(type: ScannedType | undefined): TypeRef {
  if (!type) return { kind: "void" };
  const kind = kindOf(type.kind);
  if (kind === "list") return { kind, element: typeOf(type.typeDef) };
  return type.name ? { kind, name: type.name } : { kind };
}

function argOf(arg: ScannedArg, enums: EnumDef[]): Arg {
  const type = typeOf(arg.type);
  const primitive = type.kind !== "list" && type.kind !== "object";
  let value = arg.defaultValue;
  if (type.kind === "enum") {
    const members = enums.find((def) => def.name === type.name)?.members;
    value = members?.find((member) => member.value === value)?.name ?? value;
  }
  const has = value !== undefined || arg.defaultPath !== undefined || arg.defaultAddress !== undefined;
  return {
    name: arg.name,
    flag: kebab(arg.name),
    description: arg.description ?? "",
    type,
    optional: arg.isOptional || has,
    ...(arg.isNullable && { nullable: true }),
    ...(arg.isVariadic && { variadic: true }),
    // A default that is no plain value is left to the code, as the SDK does.
    ...(primitive && value !== undefined && { defaultValue: value }),
    ...(arg.defaultPath !== undefined && { defaultPath: arg.defaultPath }),
    ...(arg.defaultAddress !== undefined && { defaultAddress: arg.defaultAddress }),
    ...(arg.ignore !== undefined && { ignore: arg.ignore }),
  };
}

function objectOf(object: ScannedObject, enums: EnumDef[]): ObjectDef {
  const args = (list: { [name: string]: ScannedArg }) => Object.values(list).map((arg) => argOf(arg, enums));
  const properties = Object.values(object.properties);
  const fields = properties
    .filter((property) => property.isExposed)
    .map(
      (property): Fn => ({
        name: property.name,
        command: kebab(property.alias ?? property.name),
        description: property.description ?? "",
        args: [],
        returns: typeOf(property.type),
        field: true,
      }),
    );
  const methods = Object.values(object.methods).map(
    (method): Fn => ({
      name: method.name,
      command: kebab(method.alias ?? method.name),
      description: method.description ?? "",
      args: args(method.arguments),
      returns: typeOf(method.returnType),
    }),
  );
  return {
    name: object.name,
    description: object.description ?? "",
    functions: [...fields, ...methods],
    core: false,
    state: properties.map((property) => property.name),
  };
}

/** The module's API as the command line needs it, from the introspector's JSON. */
export function fromScan(scanned: Scanned): Api {
  const enums = Object.values(scanned.enums).map(
    (def): EnumDef => ({
      name: def.name,
      members: Object.values(def.values).map((member) => ({
        name: memberName(member.name),
        value: String(member.value),
        description: member.description ?? "",
      })),
    }),
  );
  const main = Object.values(scanned.objects).find((object) => object.name === scanned.name);
  // Without a constructor of its own, the property would be the one that every object inherits.
  const constructed = main && Object.hasOwn(main, "constructor") ? main.constructor?.arguments : undefined;
  const constructorArgs = Object.values(constructed ?? {}).map((arg) => argOf(arg, enums));
  return {
    ...(main && { main: { object: main.name, constructor: constructorArgs } }),
    objects: Object.values(scanned.objects).map((object) => objectOf(object, enums)),
    enums,
    inputs: [],
  };
}
