import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const recipes = join(import.meta.dir, "../../../local/mirror/standins");

/** Builds a recipe's Go program and returns its path. */
function program(name: string): string {
  const out = join(mkdtempSync(join(tmpdir(), `${name}-`)), name);
  const flags = ["-buildvcs=false", "-ldflags", "-X main.version=v1.2.3"];
  const { exitCode, stderr } = Bun.spawnSync(["go", "build", ...flags, "-o", out, "."], { cwd: join(recipes, name) });
  if (exitCode !== 0) throw new Error(String(stderr));
  return out;
}

test("LocalAI's stand-in: health, models and backends from the disk, completions that say what it is, errors, keys", async () => {
  const models = mkdtempSync(join(tmpdir(), "models-"));
  await Bun.write(join(models, "small.gguf"), "");
  const address = "127.0.0.1:18080";
  const system = mkdtempSync(join(tmpdir(), "backends-"));
  const env = {
    LOCALAI_ADDRESS: address,
    LOCALAI_MODELS_PATH: models,
    LOCALAI_BACKENDS_SYSTEM_PATH: system,
    LOCALAI_BACKENDS_PATH: "/nonexistent",
    LOCALAI_API_KEY: "secret",
  };
  const child = Bun.spawn([program("local-ai")], { env, stdio: ["ignore", "ignore", "ignore"] });
  try {
    const url = `http://${address}`;
    const headers = { authorization: "Bearer secret" };
    for (let tries = 0; tries < 100 && !(await fetch(`${url}/readyz`).catch(() => undefined))?.ok; tries++)
      await Bun.sleep(50);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const list = (await (await fetch(`${url}/v1/models`, { headers })).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(["small.gguf"]);
    const ask = (path: string, body: string) => fetch(`${url}${path}`, { method: "POST", headers, body });
    expect((await ask("/v1/chat/completions", '{"model":"small.gguf"}')).status).toBe(500); // no backend yet
    mkdirSync(join(system, "llama-cpp"));
    await Bun.write(join(system, "llama-cpp/run.sh"), "");
    const backends = await (await fetch(`${url}/backends`, { headers })).json();
    expect(backends).toEqual([{ Name: "llama-cpp", IsSystem: true, RunFile: join(system, "llama-cpp/run.sh") }]);
    const chat = await (await ask("/v1/chat/completions", '{"model":"small.gguf"}')).json();
    expect(JSON.stringify(chat)).toContain("test stand-in");
    expect((await ask("/v1/completions", '{"model":"other"}')).status).toBe(404);
    expect((await ask("/v1/completions", "no json")).status).toBe(400);
  } finally {
    child.kill();
  }
});

test("k0s's stand-in: its version, and clear errors where no controller runs or a command is unknown", () => {
  const k0s = program("k0s");
  const run = (...args: string[]) => Bun.spawnSync([k0s, ...args]);
  const version = run("version");
  expect(String(version.stdout)).toBe("v1.2.3\n");
  expect(String(version.stderr)).toContain("TEST STAND-IN");
  expect(run("status").exitCode).toBe(1);
  expect(String(run("controller", "--bogus").stderr)).toContain("unknown flag: --bogus");
  expect(String(run("token", "create").stderr)).toContain('found "token", the stand-in knows: version controller');
});
