import type { Rule } from "./rule.js";

export const nameIsFolder: Rule = {
  id: "node/name-is-folder",
  severity: "error",
  reason: "the folder's name is what --node takes; two names for one node end in building the wrong one",
  find: ({ folder, node, yaml }) =>
    node.name === undefined || node.name === folder
      ? []
      : [
          {
            span: yaml.span(["name"]),
            message: "The node's name is not its folder's",
            found: JSON.stringify(node.name),
            expected: JSON.stringify(folder),
          },
        ],
};
