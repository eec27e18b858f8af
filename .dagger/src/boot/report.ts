import type { Node } from "../node/node.js";
import { readableSize } from "../node/size.js";
import { simulatedIn } from "./board/simulated.js";
import { type Host, lessMemory } from "./outcome.js";
import type { Proof } from "./proof.js";
import { cleanLines } from "./signs.js";
import { type Failure, type StageRun, skippedSentences } from "./verdict.js";

/** What a report is made of. */
export type ReportInput = {
  node: Pick<Node, "name" | "role" | "machine" | "arch">;
  version: string;
  host: Host;
  runs: StageRun[];
  failure: Failure | undefined;
  /** Names of the sources that only stand in for the real thing. */
  standins: readonly string[];
  /** What the proof does not show, a sentence each. */
  limits: readonly string[];
  /** Bytes, by what they are of. */
  sizes: readonly { name: string; bytes: number }[];
  /** PNG images, by stage. */
  screenshots: ReadonlyMap<string, Uint8Array>;
};

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1c1e21}
h1{margin-bottom:0}h2{margin-top:2.2rem;border-bottom:1px solid #ccd}table{border-collapse:collapse;width:100%}
table{margin:.8rem 0}td,th{text-align:left;padding:.25rem .7rem .25rem 0;vertical-align:top;border-bottom:1px solid #eef}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
pre{background:#f5f6f8;padding:.7rem;overflow-x:auto;font-size:12px;line-height:1.35}
.ok{color:#0a6b2d}.bad{color:#b00020}.note{background:#fff6d8;padding:.5rem .8rem}img{max-width:100%;border:1px solid #99a}
details{margin:.6rem 0}summary{cursor:pointer}`;

/** A proof as one page that needs no other file. */
export function reportHtml(input: ReportInput): string {
  const { node, version, host, runs, failure } = input;
  const verdict = failure
    ? `<p class="bad"><strong>Not proven.</strong> ${escaped(failure.stage)}: ${escaped(failure.sentence)}</p>${pre(failure.details)}`
    : provenText(runs);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(node.name)} ${escaped(version)}: proof of its role</title>
<style>${STYLE}</style></head><body>
<h1>${escaped(node.name)}</h1>
<p>${escaped(node.role)} · ${escaped(node.machine)} · ${escaped(node.arch)} · ${escaped(version)}</p>
${verdict}
${notes(input)}
${runs.map((run) => stageSection(run, host, input.screenshots.get(run.stage.name))).join("\n")}
<h2>Sizes</h2>
${table(
  ["What", "Size"],
  input.sizes.map(({ name, bytes }) => [escaped(name), readableSize(bytes)]),
  [1],
)}
<h2>Virtual machine</h2>
${table(
  ["", ""],
  [
    ["Speed", host.accelerated ? "KVM" : `emulated: every instruction in software; deadlines times ${host.scale}`],
    ["Why", escaped(host.why)],
    ["Host", `${escaped(host.processors)} processors, load ${escaped(host.load)} at the start`],
    ["Emulator", escaped(host.emulator)],
    ["Memory", `${host.memory} MiB`],
  ],
)}
</body></html>
`;
}

function provenText(runs: StageRun[]): string {
  const skipped = skippedSentences(runs);
  if (skipped.length === 0) return `<p class="ok"><strong>Proven:</strong> every assertion holds.</p>`;
  return `<p class="note"><strong>Proven, but not shown:</strong> ${skipped.map(escaped).join("<br>")}</p>`;
}

function notes({ standins, host, limits }: ReportInput): string {
  const said: string[] = [];
  if (standins.length > 0) {
    const names = standins.map(escaped).join(", ");
    said.push(`Built with stand-ins for: ${names}. This proves the project's own code, not those sources.`);
  }
  if (!host.accelerated)
    said.push("Emulated: what it shows is true, its times are those of a machine many times slower.");
  const less = lessMemory(host);
  if (less) said.push(`The virtual machine had ${less}.`);
  if (limits.length > 0) said.push(limits.map(escaped).join("<br>"));
  return said.map((text) => `<p class="note">${text}</p>`).join("\n");
}

function stageSection(run: StageRun, host: Host, screenshot: Uint8Array | undefined): string {
  const { stage, outcome, proof, serial } = run;
  const parts = [`<h2>${escaped(stage.title)}</h2>`];
  if (outcome.reason === "") return [...parts, "<p>Not run: a stage before it failed.</p>"].join("\n");
  if (proof.results.length > 0) parts.push(assertionTable(proof, host));
  const reached = outcome.reached.map(({ name, seconds }) => [escaped(name), `${seconds} s`]);
  parts.push(table(["Reached", "after"], [...reached, ["end", escaped(outcome.reason)]], [1]));
  const time = proof.files.get("time.txt");
  if (time) parts.push(`<p>${escaped(time.trim().split("\n")[0] ?? "")}</p>`);
  const facts = [...proof.facts].flatMap(([key, values]) => values.map((value) => [escaped(key), escaped(value)]));
  if (facts.length > 0) parts.push(folded("The machine's facts", table(["Fact", "Value"], facts)));
  const blame = proof.files.get("blame.txt");
  // a device's time is that of whatever came before it
  const units = blame?.split("\n").filter((line) => line.trim() !== "" && !line.endsWith(".device"));
  if (units) parts.push(folded("Slowest units", pre(units.slice(0, 20))));
  const unfinished = proof.files.get("boot-unfinished.txt");
  if (unfinished) parts.push(`<p>The boot had not finished; what it waited for:</p>${pre(unfinished.split("\n"))}`);
  const plot = proof.files.get("plot.svg");
  // systemd-analyze prints a sentence in its place where it cannot draw
  if (plot && /^<(\?xml|svg)/.test(plot))
    parts.push(
      folded("Boot timeline", `<img alt="Boot timeline" src="${dataUrl("image/svg+xml", Buffer.from(plot))}">`),
    );
  if (screenshot) parts.push(`<p><img alt="Console" src="${dataUrl("image/png", Buffer.from(screenshot))}"></p>`);
  parts.push(folded("End of the serial log", pre(cleanLines(serial).filter(Boolean).slice(-40))));
  return parts.join("\n");
}

function assertionTable(proof: Proof, host: Host): string {
  const times = host.scale === 1 ? "" : ` × ${host.scale}`;
  const rows = proof.results.map(({ name, holds, skipped, seconds, within, attempts, output }) => [
    holds ? '<span class="ok">holds</span>' : skipped === undefined ? '<span class="bad">fails</span>' : "not shown",
    [name, ...(skipped === undefined ? [] : [skipped]), ...simulatedIn({ output }, proof)].map(escaped).join("<br>↳ "),
    `${seconds ?? "?"} s`,
    `${within ?? "?"} s${times}`,
    String(attempts ?? "?"),
  ]);
  return table(["", "Assertion", "at", "within", "tries"], rows, [2, 3, 4]);
}

function table(head: string[], rows: string[][], numbers: number[] = []): string {
  const cell = (tag: string) => (text: string, at: number) =>
    `<${tag}${numbers.includes(at) ? ' class="n"' : ""}>${text}</${tag}>`;
  const top = head.some(Boolean) ? `<tr>${head.map(cell("th")).join("")}</tr>` : "";
  return `<table>${top}${rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n")}</table>`;
}

function folded(title: string, content: string): string {
  return `<details><summary>${escaped(title)}</summary>${content}</details>`;
}

function pre(lines: string[]): string {
  return lines.length > 0 ? `<pre>${escaped(lines.join("\n"))}</pre>` : "";
}

function dataUrl(type: string, bytes: Buffer): string {
  return `data:${type};base64,${bytes.toString("base64")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
