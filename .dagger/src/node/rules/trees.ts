import { UNIT_FOLDER } from "../../plan/unit-links.js";
import { entries, isBelow, type Rule } from "./rule.js";

/** A folder two levels below hegemonikon's own, and in none that every image has there. */
const PLACE = /^\/usr\/(lib|share)\/hegemonikon\/(?!(role-check|role-gate|containers)\/)[^/]+(\/[^/]+)+$/;

export const treeOfItsOwn: Rule = {
  id: "node/tree-of-its-own",
  severity: "error",
  reason:
    "the files of a tree come from elsewhere: in a folder with others, one could take another's place, and a folder of " +
    "the system would get the tree's own etc, bin or lib",
  find({ node, yaml }) {
    const trees = entries(node.trees);
    const others = [
      ...entries(node.files).map(([, { path }]) => path),
      ...entries(node.binaries).map(([, { path }]) => path),
      ...entries(node.units).map(([, { name }]) => `${UNIT_FOLDER}/${name}`),
      ...trees.map(([, { path }]) => path),
    ];
    return trees.flatMap(([i, { path }]) => {
      const span = yaml.span(["trees", i, "path"]);
      if (!PLACE.test(path)) {
        return [
          {
            span,
            message: "A tree has no folder of its own here",
            found: path,
            expected: "a path such as /usr/lib/hegemonikon/NAME/FOLDER or /usr/share/hegemonikon/NAME/FOLDER",
          },
        ];
      }
      return others
        .filter((other) => other !== path && isBelow(other, path))
        .map((other) => ({
          span,
          message: `${other} is placed inside a tree`,
          found: path,
          expected: "another folder",
        }));
    });
  },
};
