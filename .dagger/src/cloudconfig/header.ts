import type { Problem } from "../errors.js";

/** The words that make a file a configuration (kairos-sdk collector). The latter two are older names. */
const HEADERS = ["#cloud-config", "#kairos-config", "#node-config"] as const;

export type Header = (typeof HEADERS)[number];

/** kairos-sdk and yip both look at this many lines. */
const LINES = 9;

/**
 * The header that a file has, or undefined.
 * yip takes a file for cloud-init's where #cloud-config stands before any line that is neither empty nor a comment;
 * kairos-agent reads a file with any of the three.
 */
export function headerOf(text: string): Header | undefined {
  for (const line of text.split("\n", LINES)) {
    const trimmed = line.trimEnd();
    const header = HEADERS.find((candidate) => candidate === trimmed);
    if (header) return header;
    if (trimmed !== "" && !trimmed.startsWith("#")) return undefined;
  }
  return undefined;
}

/** What is wrong with the header, given the keys of the file. */
export function headerProblem(
  file: string,
  text: string,
  keys: readonly string[],
  cloudInit: readonly string[],
): Problem | undefined {
  const header = headerOf(text);
  if (header === "#cloud-config") return undefined;
  const lost = keys.filter((key) => (header ? cloudInit.includes(key) : key !== "stages" && key !== "name"));
  const near = text.split("\n", LINES).findIndex((line) => /^#\s*(cloud|kairos|node)[-_ ]?config/i.test(line));
  const line = Math.max(near, 0) + 1;
  const width = Math.max((text.split("\n", LINES)[line - 1] ?? "").length, 1);
  return {
    file,
    span: { line, column: 1, endLine: line, endColumn: width + 1 },
    rule: "cloud-config/header",
    severity: lost.length > 0 || (near !== -1 && !header) ? "error" : "warning",
    message: header ? `${header} is an older header` : "The file does not start with #cloud-config",
    found: near === -1 ? "no header" : (text.split("\n", LINES)[near] ?? "").slice(0, 60),
    expected: `#cloud-config as a line of its own, among the first ${LINES} lines and above any key`,
    reason: header
      ? `yip converts nothing of cloud-init without #cloud-config${lost.length > 0 ? `, here ${lost.join(", ")}` : ""}`
      : `kairos-agent skips the file, yip runs its stages only${lost.length > 0 ? `: ${lost.slice(0, 8).join(", ")} would do nothing` : ""}`,
  };
}
