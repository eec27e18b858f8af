import type { Affected, Reason } from "./affected.js";

/** As many causes of one kind are named; of more, the first few stand for the rest. */
const NAMED = 3;

/** What a change touches, for people: each node with its reasons, then what touches none. */
export function affectedText(result: Affected, since: string): string {
  const lines: string[] = [];
  if (result.nodes.length === 0) lines.push(`No node is touched by the changes since ${since}.`);
  for (const { node, arch, medium, reasons } of result.nodes) {
    lines.push(`${node} (${arch}, ${medium})`, ...grouped(reasons));
  }
  if (result.removed.length > 0) lines.push(`Gone: ${result.removed.join(", ")}`);
  if (result.ignored.length > 0) lines.push(`Touches no node: ${few(result.ignored)}`);
  return `${lines.join("\n")}\n`;
}

/** The same for programs: `nodes` is what a matrix of GitHub Actions includes. Every cause is named. */
export function affectedJson(result: Affected, since: string): string {
  return `${JSON.stringify({ since, ...result }, undefined, 2)}\n`;
}

function grouped(reasons: readonly Reason[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { step, cause, what } of reasons) {
    const key = JSON.stringify([step, what]);
    groups.set(key, [...(groups.get(key) ?? []), cause]);
  }
  return [...groups].map(([key, causes]) => {
    const [step, what] = JSON.parse(key) as [string, string];
    return `  ${step.padEnd(8)} ${few(causes)}: ${what}`;
  });
}

function few(causes: readonly string[]): string {
  const rest = causes.length - NAMED;
  return rest > 0 ? `${causes.slice(0, NAMED).join(", ")} and ${rest} more` : causes.join(", ");
}
