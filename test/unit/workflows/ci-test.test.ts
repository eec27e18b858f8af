import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pushEvent } from "./event";
import { fakeGithub } from "./gh";
import { jobsNotRun } from "./jobs";
import { originRepository } from "./origin";
import { cleanUp, machine, runJob } from "./runner";

afterAll(cleanUp);

// The tests cannot run themselves: in place of all of them, the one that needs most of a checkout.
const ONE = `#!/bin/sh
echo "$*"
exec ./node_modules/.bin/bun test --timeout=60000 ./test/unit/workflows/origin.test.ts 2>&1
`;

test("the jobs that are the tests run them in a checkout in which they can run", () => {
  const origin = originRepository();
  writeFileSync(join(origin.clone, "hegemonikon"), ONE);
  const sha = origin.push("the tests are one test");
  const gh = fakeGithub();
  // A runner has sudo; this machine's user may be root already.
  writeFileSync(join(gh.bin, "sudo"), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
  const path = process.env.PATH;
  process.env.PATH = `${gh.bin}:${path}`;
  const on = machine({ origin: origin.path, github: pushEvent(sha, "", {}), bin: gh.bin, env: gh.env, token: "token" });
  const ran = ["test", "role"].map((job) => runJob(on, "ci.yaml", job));
  process.env.PATH = path;
  origin.remove();
  expect(ran.map(({ result, steps }) => [result, steps.map(({ code }) => code)])).toEqual([
    ["success", [0, 0]],
    ["success", [0, 0]],
  ]);
  const said = ran.map(({ steps }) => steps.at(-1)?.said ?? "");
  expect(said.map((text) => text.split("\n")[0])).toEqual(["test lint unit contract", "test role"]);
  for (const text of said) expect(text).toContain("1 pass");
});

test("what publishes is tried where it changed: by the test of it, with the engine that the Dagger CLI starts", () => {
  const origin = originRepository();
  const gh = fakeGithub();
  const program = (name: string, text: string) => {
    writeFileSync(join(gh.bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return join(gh.bin, name);
  };
  program("sudo", 'exec "$@"');
  program("apt-get", 'echo "apt-get $*"');
  const dagger = program("fake-dagger", 'echo "dagger $*"; for file; do :; done; test -s "$file"');
  const event = pushEvent(origin.git("rev-parse", "HEAD"), "", {});
  const path = process.env.PATH;
  process.env.PATH = `${gh.bin}:${path}`;
  const on = machine({ origin: origin.path, github: event, bin: gh.bin, dagger, env: gh.env, token: "token" });
  const { result, steps } = runJob(on, "ci.yaml", "publishing");
  process.env.PATH = path;
  origin.remove();
  expect([result, steps.filter(({ code }) => code !== 0)]).toEqual(["success", []]);
  expect(steps.at(-2)?.said).toMatch(/^apt-get .* install docker-registry$/m);
  expect(steps.at(-1)?.said).toBe(
    "dagger run ./local/bun test --timeout=600000 ./test/engine/publish/publish.test.ts\n",
  );
});

test("every job that is said to be run here was", () => {
  expect(jobsNotRun(import.meta.path)).toEqual([]);
});
