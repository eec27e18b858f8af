import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");

// `dagger develop`, which generates the SDK for editors, must leave a clean tree: a release refuses another.
test("what dagger develop writes into the module is ignored, or committed as it writes it", () => {
  const ignored = spawnSync("git", ["check-ignore", ".dagger/sdk/index.ts", ".dagger/node_modules/yaml/package.json"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(ignored.stdout.trim().split("\n")).toHaveLength(2);
  // its own .gitignore beside the sources; and .gitattributes, which it leaves alone where sdk/** is in it
  expect(JSON.parse(readFileSync(join(root, "dagger.json"), "utf8")).codegen).toEqual({ automaticGitignore: false });
  expect(readFileSync(join(root, ".dagger/.gitattributes"), "utf8")).toBe("/sdk/** linguist-generated\n");
});
