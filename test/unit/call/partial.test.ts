import { beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { partialOf, placed } from "../../../local/call/partial";

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "partial-"));
});

test("a new folder appears whole, readable by others", () => {
  const target = join(work, "dist");
  const partial = partialOf(target, true) ?? "";
  expect(dirname(partial)).toBe(work);
  mkdirSync(partial, { mode: 0o700 });
  writeFileSync(join(partial, "a"), "new");
  expect(existsSync(target)).toBe(false);
  expect(placed(partial, target)).toBe(target);
  expect(readFileSync(join(target, "a"), "utf8")).toBe("new");
  expect(statSync(target).mode & 0o777).toBe(0o777 & ~process.umask());
  expect(existsSync(partial)).toBe(false);
});

test("a folder with other files keeps them, and what is new replaces what was", () => {
  const target = join(work, "dist");
  mkdirSync(join(target, "sub"), { recursive: true });
  for (const name of ["a", "b", "sub/c"]) writeFileSync(join(target, name), "old");
  const partial = partialOf(target, true) ?? "";
  mkdirSync(join(partial, "sub"), { recursive: true });
  for (const name of ["a", "sub/d"]) writeFileSync(join(partial, name), "new");
  placed(partial, target);
  const read = (name: string) => readFileSync(join(target, name), "utf8");
  expect(["a", "b", "sub/c", "sub/d"].map(read)).toEqual(["new", "old", "old", "new"]);
  expect(existsSync(partial)).toBe(false);
});

test("a file replaces a file; into a folder the engine writes itself", () => {
  const target = join(work, "x.iso");
  writeFileSync(target, "old");
  const partial = partialOf(target, false) ?? "";
  writeFileSync(partial, "new");
  placed(partial, target);
  expect(readFileSync(target, "utf8")).toBe("new");
  expect(partialOf(work, false)).toBeUndefined();
  expect(partialOf(`${work}/new/`, false)).toBeUndefined();
});

test("a device is written to, not replaced", () => {
  expect(partialOf("/dev/null", false)).toBeUndefined();
});

test("in a folder, a file gives way to a folder of its name, and a folder to a file", () => {
  const target = join(work, "dist");
  mkdirSync(join(target, "becomes-file"), { recursive: true });
  writeFileSync(join(target, "becomes-folder"), "old");
  const partial = partialOf(target, true) ?? "";
  mkdirSync(join(partial, "becomes-folder"), { recursive: true });
  writeFileSync(join(partial, "becomes-file"), "new");
  placed(partial, target);
  expect(readFileSync(join(target, "becomes-file"), "utf8")).toBe("new");
  expect(statSync(join(target, "becomes-folder")).isDirectory()).toBe(true);
});

test("what a call that was killed left behind is removed by the next one; that of a running one is not", () => {
  const target = join(work, "abandoned");
  const [dead, running] = [`${work}/.abandoned.partial-999999999`, `${work}/.abandoned.partial-${process.ppid}`];
  for (const path of [dead, running]) mkdirSync(path);
  partialOf(target, true);
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(running)).toBe(true);
});
