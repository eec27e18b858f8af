import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dir, "../../../.dagger/src");

test("every request of the module's is sent without Bun's limit of 300 s, and with its own options", () => {
  const program = `
    globalThis.fetch = Object.assign(async (input, init) => console.log(JSON.stringify([input, init])), { preconnect() {} });
    await import(${JSON.stringify(join(source, "long-requests.ts"))});
    await fetch("http://engine/query", { method: "POST", body: "q" });
    await fetch("http://engine/query");
    console.log(typeof fetch.preconnect);
  `;
  const run = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(run.stdout.trim().split("\n")).toEqual([
    '["http://engine/query",{"method":"POST","body":"q","timeout":false}]',
    '["http://engine/query",{"timeout":false}]',
    "function",
  ]);
});

test("the façade loads it before anything of its own", () => {
  const imports = readFileSync(join(source, "index.ts"), "utf8").match(/^import .*$/gm) ?? [];
  expect(imports.filter((line) => line.includes('"./'))[0]).toBe('import "./long-requests.js";');
});
