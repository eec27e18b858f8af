import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { revision } from "../../../.dagger/src/publish/changes.js";

test("each folder in nodes/ has a node.yaml, an empty one where it is a link, a folder or not there", async () => {
  const tree = {
    glob: async () => [
      "nodes/right/node.yaml",
      "nodes/link/node.yaml",
      "nodes/folder/node.yaml/",
      "nodes/none/README.md",
      "nodes/bare/files/",
    ],
    filter: () => ({
      export: async (to: string) => {
        for (const name of ["right", "link", "folder"]) mkdirSync(join(to, "nodes", name), { recursive: true });
        writeFileSync(join(to, "nodes/right/node.yaml"), "name: right\n");
        symlinkSync("../right/node.yaml", join(to, "nodes/link/node.yaml"));
        mkdirSync(join(to, "nodes/folder/node.yaml"));
      },
    }),
  };
  expect(Object.fromEntries(await revision(tree as never, []))).toEqual({
    "nodes/right/node.yaml": "name: right\n",
    "nodes/link/node.yaml": "",
    "nodes/folder/node.yaml": "",
    "nodes/none/node.yaml": "",
    "nodes/bare/node.yaml": "",
  });
});
