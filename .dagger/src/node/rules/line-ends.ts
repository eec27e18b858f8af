import { firstInvalidByte } from "../../yaml/decode.js";
import { bytesOf, pathOf, referenced } from "./role-files.js";
import type { Finding, NodeContext, Rule } from "./rule.js";

/** Shells keep the carriage return as a part of the word before it; `#!` does so whatever the interpreter. */
const SHELL = /^#![^\n]*\b(ba|da|z|k|a)?sh\b/;

const EXPECTED =
  "lines that end in LF: sed -i 's/\\r$//' FILE; where a program wants CR LF, `FILE -text` in .gitattributes keeps git from changing them";

/**
 * The texts among the files that go into the image, each with the first of its lines that ends in CR LF: those that cannot run
 * by it, or the others.
 */
function windowsTexts(context: NodeContext, broken: boolean, message: string): Finding[] {
  const sources = new Set(referenced(context).map(({ source }) => source));
  return [...sources].flatMap((source) => {
    const bytes = bytesOf(context, source);
    if (!bytes || bytes.includes(0) || firstInvalidByte(bytes) !== -1) return [];
    const text = new TextDecoder().decode(bytes);
    const at = text.indexOf("\r\n");
    if (at === -1) return [];
    const line = text.slice(0, at).split("\n").length;
    const column = at - text.lastIndexOf("\n", at);
    // a few of many can be data: a here-document of a protocol that wants them
    const ends = text.split("\n").length - 1;
    const most = text.split("\r\n").length - 1 >= ends / 2;
    const isShell = SHELL.test(text) || source.endsWith(".sh");
    const breaks = (isShell && most) || (text.startsWith("#!") && line === 1);
    if (breaks !== broken) return [];
    const span = { line, column, endLine: line, endColumn: column + 1 };
    return [{ file: pathOf(context, source), span, message, found: "a line that ends in CR LF", expected: EXPECTED }];
  });
}

export const scriptLineEnds: Rule = {
  id: "node/script-line-ends",
  severity: "error",
  reason: "the kernel looks for an interpreter whose name ends in a carriage return, and a shell for such commands",
  find: (context) => windowsTexts(context, true, "The script cannot run: its lines end as Windows ends them"),
};

export const lineEnds: Rule = {
  id: "node/line-ends",
  severity: "warning",
  reason: "the file goes into the image as it is, and many programs take the carriage return for a part of the value",
  find: (context) => windowsTexts(context, false, "The file's lines end as Windows ends them"),
};
