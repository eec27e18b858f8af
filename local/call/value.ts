import { csv } from "./csv.js";
import { type Api, type Arg, findEnum, spelled, type TypeRef, typeName } from "./model.js";

/** What a flag's text was read as. Objects stay text (an address) until there is an engine to turn them into one. */
export type FlagValue = string | number | boolean | FlagValue[] | { [field: string]: FlagValue };

/** The result of reading a flag's text: a value, or what was expected instead. */
export type Read = { value: FlagValue } | { expected: string };

/** Objects that a text on the command line can name. */
const addressed = new Set([
  "Container",
  "Directory",
  "File",
  "Secret",
  "Service",
  "CacheVolume",
  "ModuleSource",
  "Module",
  "Socket",
  "GitRepository",
  "GitRef",
]);
const inputs = new Set(["BuildArg", "PortForward"]);

/** Whether a flag can be made for this type, as in `dagger call`. */
export function isSupported(arg: Arg): boolean {
  const single = (type: TypeRef, listed: boolean): boolean => {
    switch (type.kind) {
      case "object":
        if (arg.name === "id") return false;
        if (listed && (type.name === "GitRepository" || type.name === "GitRef")) return false;
        return addressed.has(type.name ?? "");
      case "input":
        return inputs.has(type.name ?? "");
      case "list":
        return !listed && type.element !== undefined && single(type.element, true);
      case "void":
      case "interface":
        return false;
      default:
        return true;
    }
  };
  return single(arg.type, false);
}

const truths = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const lies = new Set(["0", "f", "F", "FALSE", "false", "False"]);

function integer(text: string): Read {
  const plain = /^[+-]?(0x[0-9a-f]+|0o?[0-7]+|0b[01]+|\d+)$/i.test(text);
  const negative = text.startsWith("-");
  const digits = text.replace(/^[+-]/, "").replace(/^0(?=[0-7]+$)/, "0o");
  const value = (negative ? -1 : 1) * Number(digits);
  // The GraphQL type Int has 32 bits.
  if (!plain || !Number.isInteger(value) || Math.abs(value) > 2 ** 31) return { expected: "an integer" };
  return { value: value === 0 ? 0 : value };
}

function single(text: string, type: TypeRef, apis: Api[]): Read {
  switch (type.kind) {
    case "int":
      return integer(text);
    case "float":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? { value: Number(text) } : { expected: "a number" };
    case "bool":
      if (truths.has(text)) return { value: true };
      return lies.has(text) ? { value: false } : { expected: "true or false" };
    case "enum": {
      const members = findEnum(type.name ?? "", apis)?.members ?? [];
      const member = members.find(({ name }) => name.toLowerCase() === text.toLowerCase());
      return member ? { value: member.name } : { expected: `one of ${spelled(members).join(", ")}` };
    }
    case "scalar":
      if (type.name === "Platform" && text === "") return { expected: "a platform such as linux/amd64" };
      return { value: type.name === "Platform" && text === "current" ? currentPlatform() : text };
    case "input":
      return type.name === "PortForward" ? portForward(text) : buildArg(text);
    case "object":
      return text === "" ? { expected: objectHint(type) } : { value: text };
    default:
      return { value: text };
  }
}

function currentPlatform(): string {
  return `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`;
}

function portForward(text: string): Read {
  const match = /^(\d+):(\d+)$/.exec(text);
  if (!match) return { expected: "FRONTEND:BACKEND, two port numbers" };
  return { value: { frontend: Number(match[1]), backend: Number(match[2]) } };
}

function buildArg(text: string): Read {
  const at = text.indexOf("=");
  if (at <= 0) return { expected: "NAME=VALUE" };
  return { value: { name: text.slice(0, at), value: text.slice(at + 1) } };
}

/** What the text of such a flag looks like, for messages. */
export function objectHint(type: TypeRef): string {
  switch (type.name) {
    case "Directory":
    case "File":
      return "a path or a git address";
    case "Container":
      return "an image such as ubuntu:24.04";
    case "Secret":
      return "env://NAME, file://PATH or cmd://COMMAND";
    case "Service":
      return "tcp://HOST:PORT";
    case "Socket":
      return "a path of a socket";
    default:
      return `the address of a ${typeName(type)}`;
  }
}

/** Reads one occurrence of a flag. A list's text may hold several values, separated by commas. */
export function readValue(text: string, type: TypeRef, apis: Api[]): Read {
  if (type.kind !== "list" || !type.element) return single(text, type, apis);
  const element = type.element;
  const custom = ["enum", "object", "input"].includes(element.kind) || element.name === "Platform";
  const parts = csv(custom || element.kind === "bool" ? text.replace(/["'`]/g, "") : text);
  if (!parts) return { expected: "values separated by commas, each quote closed" };
  const values: FlagValue[] = [];
  for (const part of parts) {
    const read = single(element.kind === "string" ? part : part.trim(), element, apis);
    if ("expected" in read) return { expected: `${read.expected} in each place (found ${JSON.stringify(part)})` };
    values.push(read.value);
  }
  return { value: values };
}
