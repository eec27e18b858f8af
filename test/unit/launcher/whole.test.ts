import { beforeEach, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const whole = join(import.meta.dir, "../../../local/whole");
let work: string;
let command: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "whole-"));
  command = join(work, "command");
});
const read = (name: string) => readFileSync(join(work, name), "utf8");
/** All that lies beside the command. */
const left = () =>
  readdirSync(work)
    .filter((name) => name !== "command")
    .sort();

/** A command that prints its words, and has the place it is told to write to in $to: the last word's. */
function doing(body: string): void {
  const start = `#!/bin/sh\nfor word; do to=\${word#--*=}; done\n`;
  writeFileSync(command, `${start}${body}\n`);
  chmodSync(command, 0o755);
}
const folder = 'mkdir -p -m 700 "$to"; echo new > "$to/a.iso"; echo sums > "$to/SHA256SUMS"';

function run(...args: string[]) {
  const child = Bun.spawnSync([whole, command, ...args], { cwd: work, stdin: Buffer.from("typed"), stderr: "pipe" });
  return { status: child.exitCode, stdout: child.stdout.toString(), stderr: child.stderr.toString() };
}

for (const flags of [
  ["-o", "dist/noos"],
  ["-odist/noos"],
  ["-o=dist/noos"],
  ["--output", "dist/noos"],
  ["--output=dist/noos"],
])
  test(`a folder appears when it is whole, for ${flags.join(" ")}`, () => {
    doing(`${folder}; ls -d dist/noos 2> /dev/null; echo "$@"; cat`);
    const done = run("build", ...flags);
    expect(done).toMatchObject({ status: 0, stderr: "hegemonikon: it is whole, and so it is now dist/noos\n" });
    expect(done.stdout).toMatch(/^build --output=dist\/\.noos\.partial-\d+\ntyped$/);
    expect(read("dist/noos/a.iso")).toBe("new\n");
    expect(statSync(join(work, "dist/noos")).mode & 0o777).toBe(0o777 & ~process.umask());
    expect(readdirSync(join(work, "dist"))).toEqual(["noos"]);
  });

test("a command that fails leaves nothing, and its exit code is the call's", () => {
  doing(`${folder}; exit 7`);
  expect(run("build", "-o", "noos").status).toBe(7);
  expect(left()).toEqual([]);
});

test("a folder of the build before keeps its files whole where the next build fails", () => {
  mkdirSync(join(work, "noos/sub"), { recursive: true });
  for (const name of ["noos/a.iso", "noos/sub/b"]) writeFileSync(join(work, name), "old");
  doing(`${folder}; exit 1`);
  expect(run("build", "-o", "noos/").status).toBe(1);
  expect([read("noos/a.iso"), read("noos/sub/b"), ...left()]).toEqual(["old", "old", "noos"]);
  doing(`${folder}; mkdir "$to/sub"; echo new > "$to/sub/c"`);
  expect(run("build", "-o", "noos").status).toBe(0);
  expect([read("noos/a.iso"), read("noos/sub/b"), read("noos/sub/c"), ...left()]).toEqual([
    "new\n",
    "old",
    "new\n",
    "noos",
  ]);
});

test("a file replaces a file, and goes into a folder under its own name", () => {
  doing('if [ -d "$to" ]; then echo new > "$to/noos.iso"; else echo new > "$to"; fi');
  writeFileSync(join(work, "x.iso"), "old");
  mkdirSync(join(work, "there"));
  for (const target of ["x.iso", "there", "fresh/"]) expect(run("iso", "-o", target).status).toBe(0);
  expect(["x.iso", "there/noos.iso", "fresh/noos.iso"].map(read)).toEqual(["new\n", "new\n", "new\n"]);
  expect(left()).toEqual(["fresh", "there", "x.iso"]);
});

test("a last export is one, too, and prints the path that was asked for", () => {
  doing(`${folder}; echo "$to"`);
  expect(run("build", "export", "--path=dist").stdout).toBe(`${work}/dist\n`);
  expect(run("build", "export", "--path", "more").stdout).toBe(`${work}/more\n`);
  expect(left()).toEqual(["dist", "more"]);
});

test("what writes nowhere, to a device, or as more than a path says, is the command's own", () => {
  doing('echo "$@"');
  for (const words of [
    ["nodes"],
    ["nodes", "--output=/dev/null"],
    ["build", "export", "--path=x", "--wipe"],
    ["file", "--path=a", "size"],
  ])
    expect(run(...words)).toEqual({ status: 0, stdout: `${words.join(" ")}\n`, stderr: "" });
});

test("a call that is ended ends the command, and leaves nothing", async () => {
  doing(`${folder}; sleep 30 & trap 'kill $!; exit 3' TERM; touch begun; wait`);
  const child = spawn(whole, [command, "build", "-o", "noos"], { cwd: work });
  while (!existsSync(join(work, "begun"))) await Bun.sleep(20);
  child.kill("SIGTERM");
  expect(await new Promise<number | null>((resolve) => child.once("exit", resolve))).toBe(3);
  expect(left()).toEqual(["begun"]);
});

test("what a call that was killed left behind is removed by the next one; that of a running one is not", () => {
  for (const name of [".noos.partial-999999999", `.noos.partial-${process.pid}`]) mkdirSync(join(work, name));
  doing(folder);
  expect(run("build", "-o", "noos").status).toBe(0);
  expect(left()).toEqual([`.noos.partial-${process.pid}`, "noos"]);
});
