import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const src = join(import.meta.dir, "../../../.dagger/src");

test("every file of the module is reached from index.ts, so that what tests test is what runs", () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const [, to] of readFileSync(join(src, path), "utf8").matchAll(/^(?:import|export|\}).*?"(\.[^"]+)\.js";$/gm))
      visit(join(path, "..", `${to}.ts`));
  };
  visit("index.ts");
  const all = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  expect(all.filter((path) => !seen.has(path))).toEqual([]);
});
