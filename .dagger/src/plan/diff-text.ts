import type { Difference, PackageChange } from "./diff.js";
import { sizeText } from "./release-size.js";

/** As many paths are listed in a text; JSON has them all. */
const LISTED = 20;

/** One part of the comparison, ready to be laid out. */
type Section = { title: string; lines: string[] };

/** What an upgrade changes, for people on a terminal. */
export function diffText(difference: Difference): string {
  const { node, before, after } = difference;
  const head = `${node}: ${before.name} → ${after.name}`;
  const sections = sectionsOf(difference);
  if (difference.same) return `${head}\nNothing changes: the content is the same (${after.contentDigest}).\n`;
  return `${[head, ...sections.flatMap(({ title, lines }) => ["", title, ...lines.map((line) => `  ${line}`)])].join("\n")}\n`;
}

/** The same for release notes. */
export function diffMarkdown(difference: Difference): string {
  const { node, before, after } = difference;
  const head = `### ${node}: ${code(before.version)} → ${code(after.version)}`;
  if (difference.same) return `${head}\n\nNothing changes: the content is the same.\n`;
  const sections = sectionsOf(difference).map(({ title, lines }) => {
    const list = lines.map((line) => `- ${escapeMarkdown(line)}`).join("\n");
    // Long lists are folded so that the notes of four nodes can be read.
    if (lines.length <= 12) return `**${title}**\n\n${list}`;
    return `<details><summary><b>${title}</b></summary>\n\n${list}\n\n</details>`;
  });
  return `${[head, ...sections].join("\n\n")}\n`;
}

/** The same for programs, complete. */
export function diffJson(difference: Difference): string {
  return `${JSON.stringify(difference, undefined, 2)}\n`;
}

function sectionsOf(difference: Difference): Section[] {
  const { kernel, sources, packages, units, files, sizes } = difference;
  const change = ({ name, before, after }: PackageChange) => `${name} ${before} → ${after}`;
  const one = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;
  const versions = [
    ...(kernel.before === kernel.after ? [] : [`kernel ${kernel.before || "none"} → ${kernel.after || "none"}`]),
    ...sources.map(({ name, before, after }) => `${name} ${before || "none"} → ${after || "none"}`),
  ];
  const sections: Section[] = [
    { title: "Kernel and sources", lines: versions },
    counted("Packages: stable and security fixes", packages.fixed.map(change)),
    counted("Packages: upgraded", packages.upgraded.map(change)),
    counted("Packages: downgraded", packages.downgraded.map(change)),
    counted("Packages: added", packages.added.map(one)),
    counted("Packages: removed", packages.removed.map(one)),
    counted(
      "Units",
      paths(units, (path) => path.split("/").at(-1) ?? path),
    ),
    counted(
      "Files",
      paths(files, (path) => path),
    ),
    { title: "Sizes", lines: sizes.map(({ name, before, after }) => sizeChange(name, before, after)) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

function counted(title: string, lines: string[]): Section {
  const rest = lines.length - LISTED;
  const more = rest > 0 && title === "Files" ? [`and ${rest} more (--format=json lists them)`] : [];
  return {
    title: `${title} (${lines.length})`,
    lines: [...(more.length > 0 ? lines.slice(0, LISTED) : lines), ...more],
  };
}

function paths(changes: Difference["files"], name: (path: string) => string): string[] {
  return [
    ...changes.added.map((path) => `+ ${name(path)}`),
    ...changes.removed.map((path) => `- ${name(path)}`),
    ...changes.changed.map((path) => `~ ${name(path)}`),
  ].sort((a, b) => own(b) - own(a));
}

/** What the role brings before what a distribution's package changed with it. */
function own(line: string): number {
  return / \/(system\/oem|etc\/kairos|usr\/share\/hegemonikon|oem)\//.test(line) ? 1 : 0;
}

function sizeChange(name: string, before: number, after: number): string {
  const delta = after - before;
  if (delta === 0) return `${name} ${sizeText(after)}, unchanged`;
  return `${name} ${sizeText(before)} → ${sizeText(after)} (${delta > 0 ? "+" : "−"}${sizeText(Math.abs(delta))})`;
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** Package versions hold ~ and +, paths hold _ and *: neither may format. */
function escapeMarkdown(line: string): string {
  return line.replace(/[\\`*_[\]<>~]/g, "\\$&").replace(/^([+-])/, "\\$1");
}
