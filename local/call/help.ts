import { type GlobalFlag, globalFlags } from "./flags.js";
import { type Api, type Arg, type Fn, findEnum, findObject, innermost, spelled, type TypeRef } from "./model.js";
import { callable } from "./plan.js";
import { isSupported } from "./value.js";

/** What --help is asked about: the module, or a function at the end of a chain. */
export type HelpSubject = {
  /** How the program is called, e.g. `./hegemonikon`. */
  program: string;
  path: string[];
  fn?: Fn;
  /** The constructor's arguments, shown at the root. */
  constructorArgs: Arg[];
  /** What can follow. */
  returns: TypeRef;
  description: string;
};

/**
 * Breaks text at spaces so that no line is wider than `width`. The lines of a paragraph are one text; an example, a point of
 * a list and what is indented keep their own line.
 */
export function wrap(text: string, width: number): string[] {
  const joined = text.replace(/(?<=\S)[ \t]*\n(?!\n|\s|[-*] |\d+\. |Example: )/g, " ");
  return joined.split("\n").flatMap((line) => {
    const [indent = ""] = /^ */.exec(line) ?? [];
    const lines: string[] = [];
    let current = "";
    for (const word of line.trim().split(" ")) {
      if (current !== "" && indent.length + current.length + 1 + word.length > width) {
        lines.push(indent + current);
        current = word;
      } else current = current === "" ? word : `${current} ${word}`;
    }
    lines.push(indent + current);
    return lines;
  });
}

/** Two columns: names, and descriptions wrapped beside them. */
function columns(rows: [string, string][], width: number): string[] {
  const left = Math.max(11, ...rows.map(([name]) => name.length)) + 3;
  return rows.flatMap(([name, text]) => {
    const lines = wrap(text, Math.max(30, width - left));
    return lines.map((line, i) => `${(i === 0 ? name : "").padEnd(left)}${line}`.trimEnd());
  });
}

/** The type of a flag in the words of the Dagger CLI: `string`, `strings`, `Directory`, `json,text`. */
export function flagType(type: TypeRef, apis: Api[]): string {
  switch (type.kind) {
    case "bool":
      return "";
    case "enum":
      return spelled(findEnum(type.name ?? "", apis)?.members ?? [])
        .sort()
        .join(",");
    case "list": {
      const element = type.element ?? { kind: "string" };
      if (element.kind === "object" || element.kind === "input" || element.kind === "enum") {
        return `[]${flagType(element, apis)}`;
      }
      return `${element.kind === "scalar" ? "string" : element.kind}s`;
    }
    case "scalar":
      return type.name === "Platform" ? "Platform" : "string";
    case "object":
    case "input":
      return type.name ?? type.kind;
    default:
      return type.kind;
  }
}

function flagDefault(arg: Arg): string {
  const given = arg.defaultPath ?? arg.defaultAddress;
  if (given !== undefined) return ` (default ${JSON.stringify(given)})`;
  const value = arg.defaultValue;
  if (value === undefined || value === null || value === false || value === "" || value === 0) return "";
  if (Array.isArray(value)) return value.length > 0 ? ` (default [${value.join(",")}])` : "";
  const text = arg.type.kind === "enum" ? String(value).toLowerCase() : String(value);
  return ` (default ${arg.type.kind === "string" ? JSON.stringify(value) : text})`;
}

function flagRows(args: Arg[], apis: Api[]): [string, string][] {
  const byName = [...args].sort((a, b) => Number(a.optional) - Number(b.optional) || a.flag.localeCompare(b.flag));
  return byName.map((arg) => [
    `      --${arg.flag} ${flagType(arg.type, apis)}`.trimEnd(),
    `${arg.description}${flagDefault(arg)}${arg.optional ? "" : " [required]"}`.trim(),
  ]);
}

function globalRow(flag: GlobalFlag): [string, string] {
  const short = flag.short ? `-${flag.short}, ` : "    ";
  return [`  ${short}--${flag.name}${flag.takes === "string" ? " string" : ""}`, flag.description];
}

/** Examples are written for the Dagger CLI, which a machine without Docker lacks. */
function calledHere(description: string, program: string): string {
  return description.replace(/^Example: dagger call /gm, `Example: ${program} `);
}

/** The first line of a docstring. */
export function firstLine(description: string): string {
  return description.split("\n")[0] || "-";
}

/** The text of --help: the docstring, how to call it, what can follow, and every flag with type and default. */
export function help(subject: HelpSubject, apis: Api[], width = 80): string {
  const { fn, path, program } = subject;
  const args = (fn ? fn.args : subject.constructorArgs).filter(isSupported);
  const type = innermost(subject.returns);
  const object = type.kind === "object" || type.kind === "interface" ? findObject(type.name ?? "", apis) : undefined;
  const functions = object ? callable(object) : [];
  const more = type.kind === "object" || type.kind === "interface";

  const out: string[] = [];
  if (subject.description !== "") out.push(...wrap(calledHere(subject.description, program), width), "");
  const usage = [program, ...path];
  if (args.length > 0) usage.push(fn ? "[arguments]" : "[options]");
  if (more) usage.push(fn ? "[function]" : "<function>");
  out.push("USAGE", `  ${usage.join(" ")}`, "");
  if (functions.length > 0) {
    const rows = functions
      .map((each): [string, string] => [`  ${each.command}`, firstLine(each.description)])
      .sort(([a], [b]) => a.localeCompare(b));
    out.push("FUNCTIONS", ...columns(rows, width), "");
  } else if (more && !object) {
    out.push(`It gives a ${type.name}; its functions are listed once an engine has been asked for them.`, "");
  }
  if (args.length > 0) out.push("ARGUMENTS", ...columns(flagRows(args, apis), width), "");
  if (!fn) out.push("OPTIONS", ...columns(globalFlags.map(globalRow), width), "");
  if (functions.length > 0) {
    out.push(`Use "${[program, ...path, "[function]", "--help"].join(" ")}" for more about a function.`, "");
  }
  return `${out.join("\n").trimEnd()}\n`;
}
