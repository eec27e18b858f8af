import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dir, "../../..");
const files = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const text = (file: string) => readFileSync(join(root, file), "utf8");

test("a document cites no place that its reader lacks", () => {
  expect(files).toContain("README.md");
  const cited = files.flatMap((file) =>
    (text(file).match(/\S*(?:\bfacts\/|\/work\/)\S*/g) ?? []).map((it) => `${file}: ${it}`),
  );
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

test("an example that makes files says where they go: without -o the Dagger CLI builds them, and prints an id", () => {
  const makes = /^(?:\S+ )*?(build|iso|raw|release|boot|upgrade-test|lock)\b(?! file)/;
  const calls = files.flatMap((file) =>
    [
      ...text(file)
        .replaceAll(/\\\n\s*/g, " ")
        .matchAll(/dagger call ([^`\n#]+)/g),
    ].map(([, words = ""]) => words.trim()),
  );
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.filter((words) => makes.test(words) && !/ -o |\bexport --path=/.test(words))).toEqual([]);
});

test("the README's table has every node, with the status of its node.yaml", () => {
  for (const name of readdirSync(join(root, "nodes"))) {
    const [, status] = /^status: (\w+)$/m.exec(text(`nodes/${name}/node.yaml`)) ?? [];
    const row = text("README.md")
      .split("\n")
      .find((line) => line.startsWith("| [") && line.includes(`](nodes/${name}/README.md)`));
    expect(row).toEndWith(`| ${status} |`);
  }
});
