import { type Api, type Arg, innermost, spelled, type TypeRef, typeName } from "./model.js";
import { kebab, nearest } from "./names.js";
import { UsageError } from "./usage.js";
import { type FlagValue, isSupported, objectHint, readValue } from "./value.js";

/** Flags that belong to the command and not to a function: the same that the Dagger CLI has. */
export type Globals = {
  help: boolean;
  json: boolean;
  output?: string;
  /** How to show progress, in the words of the Dagger CLI. */
  progress?: string;
  silent: boolean;
  quiet: number;
  verbose: number;
  debug: boolean;
  /** Path of the module; read before anything else. */
  mod?: string;
};

export type GlobalFlag = {
  name: keyof Globals;
  short?: string;
  takes: "string" | "bool" | "count";
  description: string;
};

export const globalFlags: GlobalFlag[] = [
  { name: "debug", short: "d", takes: "bool", description: "Show debug logs and full verbosity" },
  { name: "help", short: "h", takes: "bool", description: "Show the help of a function" },
  { name: "json", short: "j", takes: "bool", description: "Present result as JSON" },
  { name: "mod", short: "m", takes: "string", description: "Path of the module, or of its dagger.json" },
  { name: "output", short: "o", takes: "string", description: "Save the result to a local file or directory" },
  { name: "progress", takes: "string", description: "Progress output format (auto, plain, dots, logs)" },
  { name: "quiet", short: "q", takes: "count", description: "Reduce verbosity" },
  { name: "silent", short: "s", takes: "bool", description: "Do not show progress at all" },
  { name: "verbose", short: "v", takes: "count", description: "Increase verbosity (use -vv or -vvv for more)" },
];

export function noGlobals(): Globals {
  return { help: false, json: false, silent: false, quiet: 0, verbose: 0, debug: false };
}

/** One function with its flags, as far as the next function's name. */
export type Segment = { values: Map<string, FlagValue>; rest: string[] };

/** The placeholder of a flag's value in messages: `STRING`, `JSON|TEXT`, `INT`. */
export function placeholder(type: TypeRef, apis: Api[]): string {
  const inner = innermost(type);
  if (inner.kind === "enum") {
    const members = apis.flatMap((api) => api.enums).find((def) => def.name === inner.name)?.members ?? [];
    if (members.length > 0 && members.length <= 6) return spelled(members).join("|");
  }
  return typeName(inner).toUpperCase();
}

function setGlobal(globals: Globals, flag: GlobalFlag, text: string | undefined, path: string[]): void {
  if (flag.takes === "string") {
    (globals as Record<string, unknown>)[flag.name] = text ?? "";
  } else if (flag.takes === "count") {
    (globals as Record<string, unknown>)[flag.name] = Number(globals[flag.name]) + 1;
  } else {
    const read = readValue(text ?? "true", { kind: "bool" }, []);
    if ("expected" in read) {
      throw new UsageError(`invalid value "${text}" for --${flag.name}: expected ${read.expected}`, path);
    }
    (globals as Record<string, unknown>)[flag.name] = read.value;
  }
}

/** Which of the functions that follow has a flag, by its name. */
export type OwnerOf = (flag: string) => string | undefined;

function unknownFlag(name: string, args: Arg[], path: string[], ownerOf: OwnerOf): UsageError {
  const owner = ownerOf(kebab(name));
  if (owner) return new UsageError(`unknown flag --${name} here: it belongs behind ${owner}`, path);
  const own = args.map((arg) => arg.flag);
  const meant = nearest(kebab(name), [...own, ...globalFlags.map((flag) => flag.name)]);
  const known = own.length > 0 ? `flags: ${own.map((flag) => `--${flag}`).join(", ")}` : "it takes no flags of its own";
  const where = path.length > 0 ? ` of ${path.join(" ")}` : "";
  return new UsageError(`unknown flag --${name}${where} (${meant ? `did you mean --${meant}? ` : ""}${known})`, path);
}

/**
 * Reads flags up to the first word that is not one. Repeated lists add up, other repeated flags take the last value.
 * `path` names the functions so far, for messages; `ownerOf` is asked for a flag that is none of these.
 */
export function parseSegment(
  words: string[],
  args: Arg[],
  apis: Api[],
  globals: Globals,
  path: string[],
  ownerOf: OwnerOf = () => undefined,
): Segment {
  const supported = args.filter(isSupported);
  const values = new Map<string, FlagValue>();
  let i = 0;

  const takeValue = (flag: string, inline: string | undefined, hint: string): string => {
    if (inline !== undefined) return inline;
    const next = words[i++];
    if (next === undefined) throw new UsageError(`flag ${flag} needs a value: ${flag}=${hint}`, path);
    return next;
  };

  const long = (word: string): void => {
    const at = word.indexOf("=");
    const given = word.slice(2, at < 0 ? undefined : at);
    const inline = at < 0 ? undefined : word.slice(at + 1);
    const name = kebab(given);
    const arg = supported.find((candidate) => candidate.flag === name);
    if (arg) {
      const hint = placeholder(arg.type, apis);
      const text = inline ?? (arg.type.kind === "bool" ? "true" : takeValue(`--${name}`, undefined, hint));
      const read = readValue(text, arg.type, apis);
      if ("expected" in read) {
        throw new UsageError(`invalid value ${JSON.stringify(text)} for --${name}: expected ${read.expected}`, path);
      }
      const before = values.get(name);
      const adds = arg.type.kind === "list" && Array.isArray(before) && Array.isArray(read.value);
      values.set(name, adds ? [...(before as FlagValue[]), ...(read.value as FlagValue[])] : read.value);
      return;
    }
    const global = globalFlags.find((flag) => flag.name === name);
    if (!global) throw unknownFlag(given, supported, path, ownerOf);
    const text = global.takes === "string" ? takeValue(`--${name}`, inline, "STRING") : inline;
    setGlobal(globals, global, text, path);
  };

  const short = (word: string): void => {
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      const global = globalFlags.find((flag) => flag.short === letter);
      if (!global) {
        const known = globalFlags.flatMap((flag) => (flag.short ? [`-${flag.short}`] : [])).join(", ");
        const meant = supported.find((arg) => arg.flag === word.slice(1).split("=")[0]);
        const hint = meant ? `did you mean --${meant.flag}?` : `known: ${known}`;
        throw new UsageError(`unknown short flag -${letter} in ${word} (${hint})`, path);
      }
      if (global.takes !== "string") {
        setGlobal(globals, global, undefined, path);
        continue;
      }
      const rest = word.slice(at + 1);
      const inline = rest === "" ? undefined : rest.replace(/^=/, "");
      setGlobal(globals, global, takeValue(`-${letter}`, inline, "STRING"), path);
      return;
    }
  };

  while (i < words.length) {
    const word = words[i] ?? "";
    if (word === "--") {
      i++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    i++;
    if (word.startsWith("--")) long(word);
    else short(word);
  }
  return { values, rest: words.slice(i) };
}

/** All the flags that a function needs and did not get, in one message. */
export function checkRequired(segment: Segment, args: Arg[], apis: Api[], path: string[]): void {
  const missing = args.filter((arg) => isSupported(arg) && !arg.optional && !segment.values.has(arg.flag));
  if (missing.length === 0) return;
  const list = missing.map((arg) => {
    const hint = innermost(arg.type).kind === "object" ? ` (${objectHint(innermost(arg.type))})` : "";
    return `--${arg.flag}=${placeholder(arg.type, apis)}${hint}`;
  });
  const of = path.length > 0 ? `${path.join(" ")}: ` : "";
  throw new UsageError(`${of}required flag${missing.length > 1 ? "s" : ""} not set: ${list.join(", ")}`, path);
}

/** The module's path, found before anything is known about the module's own flags. */
export function findMod(words: string[]): string | undefined {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") return undefined;
    if (word === "-m" || word === "--mod") return words[i + 1];
    const inline = /^(?:--mod=|-m=?)(.+)$/.exec(word);
    if (inline) return inline[1];
    const mayBeValue = /^--[^=]+$/.test(words[i - 1] ?? "") || /^-o$/.test(words[i - 1] ?? "");
    if (!word.startsWith("-") && !mayBeValue) return undefined;
  }
  return undefined;
}
