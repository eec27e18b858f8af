import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundled } from "../../../local/call/bundle";
import { surface } from "../../../local/call/sdk";
import * as client from "../../../node_modules/@dagger.io/dagger/dist/src/api/client.gen.js";
import { root } from "../introspect";
import { fakeEngine, type ModuleCall } from "./fake-engine";
import { layOut } from "./module-folder";

// What `dagger call` does with a module's code, where no image of the SDK can be pulled: its real entrypoint in its layout.

const entrypoint = await layOut(join(root, ".dagger/src"));
afterAll(() => rmSync(dirname(dirname(entrypoint)), { recursive: true, force: true }));
const given = { nodes: join(root, "nodes"), sources: join(root, "sources.yaml") };
const state = { nodesDir: given.nodes, sourcesFile: given.sources };

/** Starts the runtime for one call, and gives what the engine would get. */
async function call(file: string, module: string, asked: ModuleCall) {
  const engine = fakeEngine(module, asked);
  const run = Bun.spawn([process.execPath, "run", file], {
    cwd: "/",
    env: { ...process.env, ...engine.environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, status] = await Promise.all([run.stdout.text(), run.stderr.text(), run.exited]);
  engine.stop();
  return { ...engine.answer, status, said: out + err };
}
const ours = (asked: ModuleCall) => call(entrypoint, "hegemonikon", asked);

test("every file loads, and the constructor keeps what it was given", async () => {
  expect(await ours({ args: given })).toEqual({ value: state, unknown: [], status: 0, said: "" });
});

test("a function gets its arguments, enums included, and its object's state", async () => {
  const nodes = await ours({ fn: "nodes", state, args: { format: "Json" } });
  expect(nodes).toMatchObject({ unknown: [], status: 0, said: "" });
  expect(nodes.value).toContain('"name": "thuroros"');
});

test("an error of the module's reaches the caller with its words", async () => {
  const failed = await ours({ fn: "image", state, args: { node: "nos", version: "v0.0.0-dev" } });
  expect(failed.error).toContain("nos");
  expect(failed).toMatchObject({ unknown: [], status: 1 });
});

test("what the npm package alone has ends every call of a module, there and in local/call", async () => {
  const dir = mkdtempSync(join(tmpdir(), "runtime-probe-"));
  mkdirSync(join(dir, "src"));
  writeFileSync(join(dir, "dagger.json"), JSON.stringify({ name: "hegemonikon", sdk: "typescript" }));
  const code = 'import { ExecError, func, object } from "@dagger.io/dagger";\n@object()\nexport class Hegemonikon {\n';
  writeFileSync(join(dir, "src/index.ts"), `${code}  @func()\n  name(): string { return ExecError.name; }\n}\n`);
  const message = "Export named 'ExecError' not found in module";

  const probe = await layOut(join(dir, "src"));
  const there = await call(probe, "hegemonikon", { fn: "name", state: {} });
  expect(there.said).toContain(message);
  expect(there).toMatchObject({ status: 1, unknown: [] });

  const loading = `import { loadClasses } from ${JSON.stringify(join(root, "local/call/load.ts"))};
    await loadClasses({ src: ${JSON.stringify(join(dir, "src"))} }, ["Hegemonikon"]);`;
  const here = Bun.spawnSync([process.execPath, "-e", loading], { stderr: "pipe" });
  expect(here.stderr.toString()).toContain("Export named 'ExecError' not found in module");
  for (const made of [dir, dirname(dirname(probe))]) rmSync(made, { recursive: true });
});

test("local/call gives a module the names that it has under `dagger call`, and no other", () => {
  expect(Object.keys(surface).sort()).toEqual([...new Set([...Object.keys(client), ...bundled])].sort());
});
