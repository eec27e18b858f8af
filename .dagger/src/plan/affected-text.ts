import type { Affected } from "./affected.js";

/** What a change touches, for people: each node with its reasons, then what touches none. */
export function affectedText(result: Affected, since: string): string {
  const lines: string[] = [];
  if (result.nodes.length === 0) lines.push(`No node is touched by the changes since ${since}.`);
  for (const { node, arch, medium, reasons } of result.nodes) {
    lines.push(`${node} (${arch}, ${medium})`);
    for (const { cause, step, what } of reasons) lines.push(`  ${step.padEnd(8)} ${cause}: ${what}`);
  }
  if (result.removed.length > 0) lines.push(`Gone: ${result.removed.join(", ")}`);
  if (result.ignored.length > 0) lines.push(`Touches no node: ${result.ignored.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

/** The same for programs: `nodes` is what a matrix of GitHub Actions includes. */
export function affectedJson(result: Affected, since: string): string {
  return `${JSON.stringify({ since, ...result }, undefined, 2)}\n`;
}
