import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "../../..");
const files = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const text = (file: string) => readFileSync(join(root, file), "utf8");

test("a document cites no place that its reader lacks", () => {
  expect(files).toContain("README.md");
  const cited = files.flatMap((file) => (text(file).match(/\S*(?:\bfacts\/|\/work\/)\S*/g) ?? []).map((it) => `${file}: ${it}`));
  expect(cited).toEqual([]);
});

test("a document's links within the repository lead somewhere", () => {
  const broken = files.flatMap((file) =>
    [...text(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, to = ""]) => to)
      .filter((to) => !existsSync(join(root, dirname(file), to)))
      .map((to) => `${file}: ${to}`),
  );
  expect(broken).toEqual([]);
});
