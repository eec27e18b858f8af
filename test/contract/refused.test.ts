import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleApi } from "../../local/call/api";
import { locate } from "../../local/call/location";
import { introspect, root, summary } from "./introspect";

/** A module with one function of this signature, outside the repository. */
function written(body: string, name = "probe"): string {
  const dir = mkdtempSync(join(tmpdir(), "contract-"));
  mkdirSync(join(dir, "src"));
  writeFileSync(join(dir, "dagger.json"), JSON.stringify({ name, sdk: "typescript" }));
  writeFileSync(join(dir, "src/index.ts"), `import { func, object } from "@dagger.io/dagger";\n${body}\n`);
  return dir;
}
const probe = (signature: string) =>
  `@object()\nexport class Probe {\n  @func()\n  ${signature} { return x as never }\n}`;

const patience = 60_000; // the introspector holds a compiler: seconds on a busy machine

for (const [what, signature = ""] of [
  ["a Record", "f(x: Record<string, string>): string"],
  ["a Map", "f(x: Map<string, string>): string"],
  ["a Date", "f(x: Date): string"],
  ["an inline object type", "f(x: { a: string }): string"],
]) {
  test(
    `a call refuses ${what} in the API`,
    async () => {
      const dir = written(probe(signature));
      await expect(moduleApi(locate(dir))).rejects.toThrow("the module's API cannot be read");
      rmSync(dir, { recursive: true });
    },
    patience,
  );
}

test(
  "what a call refuses, the SDK's own program refuses",
  () => {
    const dir = written(probe("f(x: Record<string, string>): string"));
    expect(introspect(locate(dir)).scanned).toBeUndefined();
    rmSync(dir, { recursive: true });
  },
  patience,
);

test(
  "a module without its main class is named with what was expected",
  async () => {
    const dir = written(probe("f(x: string): string"), "other-name");
    await expect(moduleApi(locate(dir))).rejects.toThrow(
      "expected an exported class OtherName decorated with @object()",
    );
    rmSync(dir, { recursive: true });
  },
  patience,
);

test("a folder without a module is named", () => {
  expect(() => locate("/nonexistent/module")).toThrow("/nonexistent/module/dagger.json: there is no such file");
});

test(
  "the API kept in the cache is the one just read, and a changed source is read anew",
  async () => {
    const dir = written(probe("f(x: string): string"));
    const first = await moduleApi(locate(dir));
    expect(await moduleApi(locate(dir))).toEqual(first);
    writeFileSync(
      join(dir, "src/index.ts"),
      `import { func, object } from "@dagger.io/dagger";\n${probe("g(): string")}\n`,
    );
    const second = await moduleApi(locate(dir));
    expect(second.objects[0]?.functions.map((fn) => fn.name)).toEqual(["g"]);
    rmSync(dir, { recursive: true });
  },
  patience,
);

test(
  "a cache that cannot be written costs time and a note, not the call",
  async () => {
    const dir = written(probe("f(x: string): string"));
    const full = join(dir, "a file, where a folder would have to be");
    writeFileSync(full, "");
    const run = spawnSync(process.execPath, [join(root, "local/call.ts"), "-m", dir, "--help"], {
      env: { ...process.env, XDG_CACHE_HOME: full },
      encoding: "utf8",
    });
    expect(run.stderr).toMatch(/^note: .* could not be written \(.*\): the next call is slower\n$/);
    expect(run.stdout).toContain("FUNCTIONS\n  f ");
    expect(run.status).toBe(0);
    rmSync(dir, { recursive: true });
  },
  patience,
);

test(
  "the fixture of local/call has an argument of every kind",
  () => {
    const { scanned, said } = introspect(locate(join(root, "test/fixtures/call-module")));
    expect(scanned, said).toBeDefined();
    const text = scanned ? summary(scanned) : "";
    for (const kind of ["string", "int", "float", "bool", "[]string", "[]int", "[]bool", "Level", "[]Level"]) {
      expect(text).toContain(`: ${kind}`);
    }
    for (const kind of ["Directory", "File", "[]File", "Container", "Secret", "Service", "Platform", "GitRepository"]) {
      expect(text).toContain(`: ${kind}`);
    }
    expect(text).toContain('ignore ["*.skip"]');
  },
  patience,
);
