import type { Problem } from "../../errors.js";
import { byPlace } from "../sort.js";

/**
 * The report as SARIF 2.1.0, for GitHub's code scanning to annotate a pull request. GitHub wants a region in every
 * location, so that a problem of a whole file points at its first line.
 */
export function sarifReport(problems: readonly Problem[]): string {
  const sorted = [...problems].sort(byPlace);
  const rules = [...new Set(sorted.map((problem) => problem.rule))].sort();
  const seen = new Map<string, number>();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "hegemonikon check",
            rules: rules.map((id) => ruleOf(id, sorted)),
          },
        },
        columnKind: "utf16CodeUnits",
        results: sorted.map((problem) => ({
          ruleId: problem.rule,
          ruleIndex: rules.indexOf(problem.rule),
          level: problem.severity,
          message: { text: messageOf(problem) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: problem.file.split("/").map(encodeURIComponent).join("/"),
                  uriBaseId: "%SRCROOT%",
                },
                region: regionOf(problem),
              },
            },
          ],
          partialFingerprints: { "hegemonikon/v1": fingerprint(problem, seen) },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(id: string, problems: readonly Problem[]) {
  const first = problems.find((problem) => problem.rule === id);
  const link = first?.reason?.match(/https:\/\/[^\s)]+/)?.[0];
  return {
    id,
    name: id
      .split("/")
      .flatMap((part) => part.split("-"))
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: first?.reason ?? first?.message ?? id },
    defaultConfiguration: { level: first?.severity ?? "error" },
    ...(link ? { helpUri: link } : {}),
  };
}

function messageOf({ message, found, expected, reason }: Problem): string {
  const parts = [message];
  if (found !== undefined) parts.push(`found: ${found}`);
  if (expected !== undefined) parts.push(`expected: ${expected}`);
  if (reason !== undefined) parts.push(`why: ${reason}`);
  return parts.join("\n");
}

function regionOf({ span }: Problem) {
  if (!span) return { startLine: 1 };
  return { startLine: span.line, startColumn: span.column, endLine: span.endLine, endColumn: span.endColumn };
}

/** The same for the same mistake wherever lines above it move it; a counter tells repeated ones apart. */
function fingerprint({ rule, file, message, found }: Problem, seen: Map<string, number>): string {
  const text = JSON.stringify([rule, file, message, found]);
  const nth = seen.get(text) ?? 0;
  seen.set(text, nth + 1);
  let hash = 0xcbf29ce484222325n; // FNV-1a, 64 bits: a name, not a protection
  for (const byte of new TextEncoder().encode(`${text}#${nth}`)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}
