import { cannotEnable } from "../../plan/unit-links.js";
import { nearest } from "../../yaml/nearest.js";
import { pathOf, referenced, textOf } from "./role-files.js";
import { entries, type Rule } from "./rule.js";

export const filesExist: Rule = {
  id: "node/files-exist",
  severity: "error",
  reason: "the build copies these files into the image",
  find(context) {
    const present = new Map(context.files.map((file) => [file.path, file]));
    const names = context.files
      .filter((file) => file.kind === "file")
      .map((file) => file.path.slice(`nodes/${context.folder}/`.length));
    const closed = context.files.filter(({ unreadable }) => unreadable).map(({ path }) => path);
    return referenced(context).flatMap(({ source, path }) => {
      const at = pathOf(context, source);
      const file = present.get(at);
      // What is neither file nor folder has a problem of its own, and so has a folder that cannot be read.
      if (file && file.kind !== "directory") return [];
      if (closed.some((folder) => at.startsWith(`${folder}/`))) return [];
      const near = nearest(source, names);
      return [
        {
          span: context.yaml.span(path),
          message: file ? `${source} is a folder` : `There is no ${source} in nodes/${context.folder}`,
          found: file ? "a folder" : "nothing",
          expected: near ? `a file, such as ${near}` : "a file",
        },
      ];
    });
  },
};

export const noOrphans: Rule = {
  id: "node/no-orphans",
  severity: "error",
  reason: "a file that no entry of node.yaml names never reaches the image; most often its entry was mistyped",
  find(context) {
    const used = new Set(referenced(context).map(({ source }) => pathOf(context, source)));
    // Where an entry could not be read, the file it names must not look unused as well.
    if (context.node.files === undefined || context.node.units === undefined) return [];
    if (hasHoles(context.node.files) || hasHoles(context.node.units)) return [];
    const root = `nodes/${context.folder}/files`;
    const files = context.files.filter((file) => file.kind === "file" && file.path.startsWith(`${root}/`));
    const orphans = files.filter((file) => !used.has(file.path)).map((file) => file.path);
    return wholeFolders(
      orphans,
      files.map((file) => file.path),
      root,
    ).map(([path, count]) => ({
      file: path,
      message:
        count > 1
          ? "No entry of files: or units: names the files of this folder"
          : "No entry of files: or units: names this file",
      found: count > 1 ? `${count} unused files` : "an unused file",
      expected: `an entry in nodes/${context.folder}/node.yaml, or no such file`,
    }));
  },
};

/** The paths to report: a folder with nothing but orphans stands for all of them. */
function wholeFolders(orphans: readonly string[], files: readonly string[], root: string): [string, number][] {
  const reported = new Map<string, number>();
  const orphaned = new Set(orphans);
  for (const path of orphans) {
    const folder = path.slice(0, path.indexOf("/", root.length + 1));
    const inFolder = path.includes("/", root.length + 1) ? files.filter((file) => file.startsWith(`${folder}/`)) : [];
    if (inFolder.length > 1 && inFolder.every((file) => orphaned.has(file))) reported.set(folder, inFolder.length);
    else reported.set(path, 1);
  }
  return [...reported];
}

function hasHoles(list: readonly unknown[]): boolean {
  return entries(list).length !== list.length;
}

export const unitInstallSection: Rule = {
  id: "node/unit-install-section",
  severity: "error",
  reason: "systemctl enable links a unit into the targets of its [Install] section; without one it never starts",
  find(context) {
    return entries(context.node.units).flatMap(([i, unit]) => {
      if (!unit.source || !unit.enable) return [];
      const text = textOf(context, unit.source);
      // An empty one has a problem of its own, and so has one that is not there.
      const wrong = text?.trim() ? cannotEnable(unit, text) : undefined;
      if (!wrong) return [];
      return [
        {
          span: context.yaml.span(["units", i]),
          message: `${unit.name} is to be enabled, but its [Install] section names no target`,
          found: wrong.found,
          expected: wrong.expected,
        },
      ];
    });
  },
};
