import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newerMidnights } from "../../../.dagger/src/sources/snapshot-moments.js";
import { reachableAddress } from "./registry";

// An apt snapshot is moved to the newest moment that its service has; digests are looked up by workflow-steps.test.ts.

const root = join(import.meta.dir, "../../..");
const OLD = "20260101T000000Z";
let folder: string;
let service: ReturnType<typeof Bun.serve>;
/** The moments that the service has. */
let has: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hegemonikon-snapshots-"));
  service = Bun.serve({
    hostname: reachableAddress(),
    port: 0,
    fetch: ({ url }) =>
      new Response("", { status: has.some((one) => url.endsWith(`/ubuntu/${one}/dists/noble/InRelease`)) ? 200 : 404 }),
  });
});
afterAll(async () => {
  await service.stop(true);
  rmSync(folder, { recursive: true, force: true });
});

function lock(...flags: string[]) {
  const sources = join(folder, "sources.yaml");
  const entry = ["kind: apt-snapshot", "for: tests", "distribution: ubuntu", `url: ${service.url}ubuntu/{version}`];
  const lines = [...entry, "suite: noble", `version: ${OLD} # why`].map((line) => `    ${line}\n`);
  writeFileSync(sources, `sources:\n  apt:\n${lines.join("")}`);
  const to = join(folder, "locked.yaml");
  rmSync(to, { force: true });
  const words = [`--sources=${sources}`, "lock", ...flags, "export", `--path=${to}`];
  const child = spawn(process.execPath, ["local/call.ts", "-s", ...words], { cwd: root });
  let err = "";
  child.stdout.resume();
  child.stderr.on("data", (chunk) => (err += chunk));
  return new Promise<{ code: number | null; err: string; moment: string | undefined }>((done) =>
    child.on("close", (code) => {
      const text = code === 0 ? readFileSync(to, "utf8") : "";
      done({ code, err, moment: /version: (\S+) # why/.exec(text)?.[1] });
    }),
  );
}

test("the snapshot moves to the newest midnight that is there, where that is asked for", async () => {
  const [, second = "", third = ""] = newerMidnights(Date.now(), OLD);
  has = [second, third];
  expect(await lock()).toMatchObject({ code: 0, moment: OLD });
  expect(await lock("--snapshots")).toMatchObject({ code: 0, moment: second });
});

test("a service that has none of them is named, and nothing is changed", async () => {
  has = [];
  const { code, err } = await lock("--snapshots");
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("lock: 1 of 1 could not be looked up, nothing was changed:"),
  ]);
  expect(err).toContain("none of its moments answers");
});
