import { nearest } from "../../yaml/nearest.js";
import type { YamlPath } from "../../yaml/parse.js";
import { entries, type NodeContext, type Rule } from "./rule.js";

function referenced({ node }: NodeContext): { source: string; path: YamlPath }[] {
  return [
    ...entries(node.files).map(([i, { source }]) => ({ source, path: ["files", i, "source"] })),
    ...entries(node.units).flatMap(([i, { source }]) => (source ? [{ source, path: ["units", i, "source"] }] : [])),
  ];
}

export const filesExist: Rule = {
  id: "node/files-exist",
  severity: "error",
  reason: "the build copies these files into the image",
  find(context) {
    const present = new Map(context.files.map((file) => [file.path, file]));
    const names = context.files
      .filter((file) => file.kind === "file")
      .map((file) => file.path.slice(`nodes/${context.folder}/`.length));
    return referenced(context).flatMap(({ source, path }) => {
      const file = present.get(`nodes/${context.folder}/${source}`);
      // A symlink has a problem of its own.
      if (file?.kind === "file" || file?.kind === "symlink") return [];
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
    const used = new Set(referenced(context).map(({ source }) => `nodes/${context.folder}/${source}`));
    // Where an entry could not be read, the file it names must not look unused as well.
    if (context.node.files === undefined || context.node.units === undefined) return [];
    if (hasHoles(context.node.files) || hasHoles(context.node.units)) return [];
    return context.files
      .filter((file) => file.kind === "file" && file.path.startsWith(`nodes/${context.folder}/files/`))
      .filter((file) => !used.has(file.path))
      .map((file) => ({
        file: file.path,
        message: "No entry of files: or units: names this file",
        found: "an unused file",
        expected: `an entry in nodes/${context.folder}/node.yaml, or no such file`,
      }));
  },
};

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
      const path = `nodes/${context.folder}/${unit.source}`;
      const bytes = context.files.find((file) => file.path === path && file.kind === "file")?.bytes;
      if (!bytes || /^\[Install\]\s*$/m.test(new TextDecoder().decode(bytes))) return [];
      return [
        {
          span: context.yaml.span(["units", i]),
          message: `${unit.name} is to be enabled, but ${unit.source} has no [Install] section`,
          found: "no [Install]",
          expected: "[Install] with WantedBy=, or enable: false",
        },
      ];
    });
  },
};
