import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shellFiles } from "../../shell-files";

const root = join(import.meta.dir, "../../..");

test("a shell file has fewer than 50 lines", () => {
  const files = shellFiles(root);
  expect(files).toContain("hegemonikon");
  const long = files.filter((name) => readFileSync(join(root, name), "utf8").trimEnd().split("\n").length >= 50);
  expect(long).toEqual([]);
});
