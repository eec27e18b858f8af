import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { alive, call, engineHost, fixture, processes, result, root, scratch, sessionOf, start, until } from "./called";

const slow = (seconds: number) => ["exec", "--image=ubuntu:24.04", `--script=echo started; sleep ${seconds}`];
/** A number of seconds that no other process of this machine sleeps. */
const odd = (n: number) => 100_000 + (process.pid % 10_000) * 10 + n;

test("an error of the function: its whole message, exit code 1", () => {
  expect(call(["fail"])).toEqual({ code: 1, stdout: "", stderr: "Error: it failed\nfor two reasons\n" });
});

test("a command that fails: its exit code and output", () => {
  const run = call(["-s", "exec", "--image=ubuntu:24.04", "--script=echo to out; echo to err >&2; exit 7"]);
  expect(run.code).toBe(7);
  expect(run.stdout).toBe("");
  expect(run.stderr).toMatch(/Error: .*exit code: 7.*\nStdout:\nto out\nStderr:\nto err\n$/);
  const chained = call(["scratch", "from", "--address=ubuntu:24.04", "with-exec", "--args=false", "stdout"]);
  expect(chained.code).toBe(1);
  expect(chained.stderr).toContain("exit code: 1");
});

test("no engine at the named address: said at once, and help works all the same", () => {
  const nowhere = { env: { _EXPERIMENTAL_DAGGER_RUNNER_HOST: "unix:///run/no/such.sock" } };
  const started = performance.now();
  const run = call(["greeting"], nowhere);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toBe(
    "Error: no engine at unix:///run/no/such.sock (_EXPERIMENTAL_DAGGER_RUNNER_HOST): there is no such socket. Is it running?\n",
  );
  expect(call(["echo", "--help"], nowhere).stdout).toContain("--text string");
  expect(call(["ecoh"], nowhere).stderr).toContain('Did you mean "echo"?');
});

test("no Dagger CLI: said with where it is looked for", () => {
  const run = call(["greeting"], { env: { _EXPERIMENTAL_DAGGER_CLI_BIN: "/no/such/dagger" } });
  expect(run.code).toBe(1);
  expect(run.stderr).toBe(
    "Error: no program /no/such/dagger: expected the Dagger CLI on PATH or in _EXPERIMENTAL_DAGGER_CLI_BIN\n",
  );
});

test("the engine lost in the middle of a call: a clear error, and the next call works", async () => {
  // What is lost is the way to the engine: other tests use the engine itself.
  const path = join(scratch, "way.sock");
  const open = new Set<Socket>();
  const way = createServer((from) => {
    const to = connect(engineHost().replace("unix://", ""));
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      open.add(one);
      one.on("error", () => {}).pipe(other);
    }
  });
  await new Promise<void>((ready) => way.listen(path, ready));
  const seconds = odd(1);
  const { ended } = start(slow(seconds), { env: { _EXPERIMENTAL_DAGGER_RUNNER_HOST: `unix://${path}` } });
  await until("the command in the container", () => processes(`sleep ${seconds}`).length > 0);
  way.close();
  for (const socket of open) socket.destroy();
  const run = await ended;
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("Error: the engine went away during the call");
  expect(run.stderr).toContain("run it again");
  expect(result("greeting")).toBe("hello");
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends what the call started and nothing else`, async () => {
    const [mine, others] = [odd(code === 130 ? 2 : 3), odd(code === 130 ? 4 : 5)];
    const other = start(slow(others));
    const own = start(slow(mine));
    await until(
      "both commands",
      () => processes(`sleep ${mine}`).length > 0 && processes(`sleep ${others}`).length > 0,
    );
    const session = sessionOf(own.child.pid);
    expect(session).toHaveLength(1);
    own.child.kill(signal);
    const run = await own.ended;
    expect(run.code).toBe(code);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain("Canceled.");
    expect(run.stderr).not.toContain("Error:");
    await until("the end of its command", () => processes(`sleep ${mine}`).length === 0);
    expect(session.filter(alive)).toEqual([]);
    expect(sessionOf(other.child.pid).filter(alive)).toHaveLength(1);
    expect(processes(`sleep ${others}`).length).toBeGreaterThan(0);
    other.child.kill("SIGTERM");
    await other.ended;
  });
}

test("killed outright, a call leaves no session behind", async () => {
  const seconds = odd(6);
  const { child, ended } = start(slow(seconds));
  await until("the command", () => processes(`sleep ${seconds}`).length > 0);
  const session = sessionOf(child.pid);
  expect(session).toHaveLength(1);
  child.kill("SIGKILL");
  await ended;
  await until("the end of its command", () => processes(`sleep ${seconds}`).length === 0);
  await until("the end of its session", () => !session.some(alive));
});

test("inside dagger run, the session around is used", () => {
  const cli = process.env._EXPERIMENTAL_DAGGER_CLI_BIN || "dagger";
  const words = ["run", "--silent", process.execPath, join(root, "local/call.ts"), "-m", fixture, "entries"];
  const env = { ...process.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: engineHost() };
  const run = spawnSync(cli, words, { env, encoding: "utf8" });
  expect(run.stdout).toContain("nested/\nnote.txt\n");
  expect(run.status).toBe(0);
});
