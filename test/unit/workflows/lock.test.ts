import { afterAll, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pushEvent } from "./event";
import { fakeGithub } from "./gh";
import { jobsNotRun } from "./jobs";
import { originRepository } from "./origin";
import { cleanUp, machine, runJob } from "./runner";

afterAll(cleanUp);

/** In place of the module: notes its call, and moves the snapshot as `lock --snapshots` does. */
const FAKE = `#!/bin/sh
echo "$*" >> "$CALLS"
sed -i 's/^\\( *version: \\)20.*Z$/\\120991231T000000Z/' sources.yaml
`;

test("once a week the snapshot moves, by a pull request of its own", () => {
  const origin = originRepository();
  const gh = fakeGithub();
  const [program, calls] = [join(gh.bin, "fake-dagger"), join(gh.bin, "noted")];
  writeFileSync(program, FAKE, { mode: 0o755 });
  const event = pushEvent(origin.git("rev-parse", "HEAD"), "", { event_name: "schedule", event: {} });
  const env = { ...gh.env, CALLS: calls };
  const on = machine({ origin: origin.path, github: event, bin: gh.bin, dagger: program, env, token: "token" });
  const { result, steps } = runJob(on, "lock-snapshots.yaml", "lock");
  expect([result, steps.filter(({ code }) => code !== 0)]).toEqual(["success", []]);
  expect(readFileSync(calls, "utf8")).toBe("call lock --snapshots=true export --path=sources.yaml\n");
  expect(gh.pulls().map(({ head, base }) => [head, base])).toEqual([["lock-snapshots/main", "main"]]);
  origin.git("fetch", "--quiet", "origin", "lock-snapshots/main");
  expect(origin.git("show", "FETCH_HEAD:sources.yaml")).toContain("version: 20991231T000000Z");
  origin.remove();
});

test("every job that is said to be run here was", () => {
  expect(jobsNotRun(import.meta.path)).toEqual([]);
});
