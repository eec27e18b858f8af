import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refuseEarly } from "../../../local/call/before";
import type { TypeRef } from "../../../local/call/model";
import { outputProblem } from "../../../local/call/output-place";
import { plan } from "../../../local/call/plan";
import { secretProblem } from "../../../local/call/secret";
import { api, arg, core, fn, object, string } from "./module";

let work = "";
const at = (name: string) => join(work, name);
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "before-"));
  chmodSync(work, 0o755);
  mkdirSync(at("folder"));
  mkdirSync(at("shut"), { mode: 0o555 });
  writeFileSync(at("file"), "x");
  writeFileSync(at("shut-file"), "x", { mode: 0 });
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Asks as somebody else than root, who may do everything. */
function asNobody(module: string, name: string, ...args: unknown[]): string {
  const code = `import { ${name} } from ${JSON.stringify(join(import.meta.dir, "../../../local/call", module))};
    console.log(${name}(...${JSON.stringify(args)}));`;
  const nobody = process.getuid?.() === 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : [];
  const [program = "", ...words] = [...nobody, process.execPath, "-e", code];
  return spawnSync(program, words, { encoding: "utf8", cwd: "/" }).stdout.trim();
}
/** A clone of root's own has nothing that somebody else may run. */
const nobodyRuns = asNobody("names.js", "kebab", "aB") === "a-b";

const DIRECTORY: TypeRef = object("Directory");
const FILE: TypeRef = object("File");

describe("a place to write to", () => {
  const cases: [what: string, path: string, type: TypeRef, problem: string | undefined][] = [
    ["a folder over a file", "file", DIRECTORY, "file: found a file, expected a folder"],
    ["a folder over a device", "/dev/null", DIRECTORY, "/dev/null: found a file, expected a folder"],
    ["a text over a folder", "folder", string, "folder: found a folder, expected a file"],
    ["below a file", "file/x", DIRECTORY, "file: found a file, expected a folder"],
    ["deep below a file", "file/x/y/z", FILE, "file: found a file, expected a folder"],
    ["a new folder", "new", DIRECTORY, undefined],
    ["a folder into one", "folder", DIRECTORY, undefined],
    ["a file over a file", "file", FILE, undefined],
    ["a file into a folder", "folder", FILE, undefined],
    ["a file in folders that are made", "a/b/c", FILE, undefined],
    ["a text to a device", "/dev/null", string, undefined],
    ["a container, whose export is the engine's", "folder", object("Container"), undefined],
  ];
  test.each(cases)("%s", (_what, path, type, problem) => {
    const full = path.startsWith("/") ? path : at(path);
    expect(outputProblem(full, type)?.replace(`${work}/`, "")).toBe(problem as never);
  });

  test("an empty path, which would be the folder that one stands in", () => {
    expect(outputProblem("", DIRECTORY)).toBe("found nothing, expected a path");
  });

  test.skipIf(!nobodyRuns)("a folder that may not be written to", () => {
    for (const [path, type] of [
      ["shut/new", DIRECTORY],
      ["shut/a/b", FILE],
      ["shut", FILE],
    ] as const)
      expect(asNobody("output-place.js", "outputProblem", at(path), type)).toStartWith(
        `${at("shut")}: found no permission to write`,
      );
  });
});

describe("a secret's address", () => {
  test("of a variable that is not set, of a file that is not there or is a folder", () => {
    expect(secretProblem("env://BEFORE_TEST_ABSENT")).toBe("there is no environment variable BEFORE_TEST_ABSENT");
    expect(secretProblem("env:BEFORE_TEST_ABSENT?cacheKey=a")).toContain("variable BEFORE_TEST_ABSENT");
    expect(secretProblem(`file://${at("nothing")}`)).toBe(`there is no file ${at("nothing")}`);
    expect(secretProblem(`file://${at("folder")}`)).toContain("is a folder");
  });
  test.skipIf(!nobodyRuns)("of a file that may not be read", () => {
    expect(asNobody("secret.js", "secretProblem", `file://${at("shut-file")}`)).toContain("no permission to read");
  });
  test("without a scheme is not repeated: it may be the secret", () => {
    expect(secretProblem("hush-hush")).toBe(
      "found a text that names no environment variable, expected env://NAME, file://PATH or cmd://COMMAND",
    );
  });
  test("that leads somewhere, or that only the engine can judge", () => {
    for (const address of ["PATH", "env://PATH", "env:PATH", `file://${at("file")}`, `file:${at("file")}?cacheKey=a`])
      expect(secretProblem(address)).toBeUndefined();
    // a pipe is not opened: what somebody wrote to it can be read once
    spawnSync("mkfifo", [at("pipe")]);
    expect(secretProblem(`file://${at("pipe")}`)).toBeUndefined();
    for (const address of ["cmd:printf 1", "cmd://echo a", "op://vault/item", "vault://a", "aws+sm://a"])
      expect(secretProblem(address)).toBeUndefined();
  });
});

test("all of a call's mistakes come in one error, each with its flag", () => {
  const put = fn("put", DIRECTORY, arg("key", object("Secret")), arg("password", object("Secret")));
  const main = api.objects[0];
  if (!main) throw new Error("no main object");
  const own = { ...api, objects: [{ ...main, functions: [...main.functions, put] }] };
  const refused = (...words: string[]) => {
    const planned = plan(words, own, core);
    if ("needsCore" in planned) throw new Error("expected a plan");
    return () => refuseEarly(planned);
  };
  expect(refused("put", "--key=file:///before/nothing", "--password=env://BEFORE_ABSENT", "-o", at("file"))).toThrow(
    `put:\n  --key: there is no file /before/nothing\n  --password: there is no environment variable BEFORE_ABSENT\n  -o: ${at("file")}: found a file, expected a folder`,
  );
  expect(refused("tree", "export", `--path=${at("file")}`)).toThrow(
    `tree export: --path: ${at("file")}: found a file, expected a folder`,
  );
  expect(refused("put", "--key=env://PATH", "--password=env://PATH", "-o", at("new"))).not.toThrow();
});
