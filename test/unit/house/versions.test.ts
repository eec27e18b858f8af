import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");
const json = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const dagger = json("dagger.json").engineVersion as string;

test("Dagger's version is the same in all its places", () => {
  expect(dagger).toMatch(/^v\d+\.\d+\.\d+$/);
  expect(json("package.json").devDependencies["@dagger.io/dagger"]).toBe(dagger.slice(1));
  expect(readFileSync(join(root, "local/engine/go.mod"), "utf8")).toContain(`github.com/dagger/dagger ${dagger} `);
});

test.each(["package.json", ".dagger/package.json"])("%s pins exact versions", (path) => {
  const { dependencies, devDependencies } = json(path);
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
});

test("what the module imports is installed for the tests in the version that Dagger installs", () => {
  const module = json(".dagger/package.json").dependencies;
  const tooling = json("package.json").devDependencies;
  expect(tooling).toMatchObject(module);
  const lock = readFileSync(join(root, ".dagger/bun.lock"), "utf8");
  for (const [name, version] of Object.entries(module)) expect(lock).toContain(`"${name}@${version}"`);
});
