import { AGENT_FILES } from "../../plan/agent-files.js";
import type { Source } from "../../sources/sources.js";
import { suggestion } from "../../yaml/nearest.js";
import type { YamlPath } from "../../yaml/parse.js";
import { entries, type Rule } from "./rule.js";

type Reference = { name: string; path: YamlPath; kind: Source["kind"] };

export const sourceKnown: Rule = {
  id: "node/source-known",
  severity: "error",
  reason: "every outside thing is pinned in sources.yaml, and nodes name it there (docs/nodes.md)",
  find({ node, yaml, sources }) {
    if (!sources) return [];
    const references: Reference[] = [];
    if (node.base !== undefined) references.push({ name: node.base, path: ["base"], kind: "image" });
    if (node.kubernetes) {
      references.push({ name: node.kubernetes.source, path: ["kubernetes", "source"], kind: "download" });
    }
    for (const [i, { source }] of entries(node.binaries)) {
      references.push({ name: source, path: ["binaries", i, "source"], kind: "download" });
    }
    for (const [i, { source }] of entries(node.containers)) {
      references.push({ name: source, path: ["containers", i, "source"], kind: "image" });
    }
    for (const [i, { source }] of entries(node.trees)) {
      references.push({ name: source, path: ["trees", i, "source"], kind: "image" });
    }
    return references.flatMap(({ name, path, kind }) => {
      const source = Object.hasOwn(sources.sources, name) ? sources.sources[name] : undefined;
      if (source?.kind === kind) return [];
      const fitting = Object.keys(sources.sources).filter((key) => sources.sources[key]?.kind === kind);
      return [
        {
          span: yaml.span(path),
          message: source ? `${name} is not of kind ${kind}` : `sources.yaml has no ${name}`,
          found: source ? `${name}, of kind ${source.kind}` : JSON.stringify(name),
          expected: suggestion(name, fitting) ?? `an entry of kind ${kind} in sources.yaml`,
        },
      ];
    });
  },
};

export const noDuplicates: Rule = {
  id: "node/no-duplicates",
  severity: "error",
  reason: "of two entries for one thing only one can win, and nobody sees which",
  find({ node, yaml }) {
    const groups: [string, [YamlPath, string][]][] = [
      ["package", entries(node.packages).map(([i, name]) => [["packages", i], name])],
      [
        "path in the image",
        [
          ...entries(node.files).map(([i, file]): [YamlPath, string] => [["files", i, "path"], file.path]),
          ...entries(node.binaries).map(([i, binary]): [YamlPath, string] => [["binaries", i, "path"], binary.path]),
          ...entries(node.trees).map(([i, tree]): [YamlPath, string] => [["trees", i, "path"], tree.path]),
        ],
      ],
      ["unit", entries(node.units).map(([i, unit]) => [["units", i, "name"], unit.name])],
      ["container", entries(node.containers).map(([i, { source }]) => [["containers", i, "source"], source])],
      ["model", entries(node.models).map(([i, model]) => [["models", i, "name"], model.name])],
      ["assertion", entries(node.assertions).map(([i, assertion]) => [["assertions", i, "name"], assertion.name])],
    ];
    const written = entries(node.files).flatMap(([i, { path }]) =>
      Object.values<string>(AGENT_FILES).includes(path)
        ? [
            {
              span: yaml.span(["files", i, "path"]),
              message: "The build writes this file into every image itself",
              found: path,
              expected: path === AGENT_FILES.install ? "install: in node.yaml" : "no such entry",
            },
          ]
        : [],
    );
    const twice = groups.flatMap(([what, values]) => {
      const first = new Map<string, YamlPath>();
      return values.flatMap(([path, value]) => {
        const before = first.get(value);
        if (!before) {
          first.set(value, path);
          return [];
        }
        const line = yaml.span(before)?.line;
        return [
          {
            span: yaml.span(path),
            message: `The same ${what} twice`,
            found: `${JSON.stringify(value)}, first on line ${line}`,
            expected: "each once",
          },
        ];
      });
    });
    return [...written, ...twice];
  },
};
