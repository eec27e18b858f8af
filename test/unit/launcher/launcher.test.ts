import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "../../..");
const version = JSON.parse(readFileSync(join(root, "dagger.json"), "utf8")).engineVersion as string;
// what a plain system has; no container runtime, no dagger, no npm
const plain = "sh dirname sed cut cat uname id sha256sum awk mktemp rm mv mkdir chmod curl tar gzip tr grep env".split(
  " ",
);

let work: string;
let path: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "launcher-"));
  path = join(work, "bin");
  mkdirSync(path);
  for (const name of plain) symlinkSync(Bun.which(name) ?? name, join(path, name));
});

function program(name: string, body: string): void {
  rmSync(join(path, name), { force: true }); // never write through a link to the system's program
  writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(path, name), 0o755);
}

const fakeDagger = (of: string) =>
  `[ "$1" != version ] || { echo "dagger ${of} (registry) linux/amd64"; exit; }\necho "called:" "$@"\nexit 7`;

async function launch(args: string[], env: Record<string, string> = {}) {
  const child = Bun.spawn([join(root, "hegemonikon"), ...args], {
    cwd: work,
    env: { PATH: path, HOME: work, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { status: await child.exited, stdout, stderr };
}

test("with a container runtime and the pinned CLI it is exactly dagger call, and the exit code is the function's", async () => {
  program("docker", "exit 0");
  program("dagger", fakeDagger(version));
  const run = await launch(["build", "--node=noos"]);
  expect(run.stdout).toBe(`called: -m ${root} call build --node=noos\n`);
  expect(run.status).toBe(7);
  expect(run.stderr).toContain("engine: in docker, which answers; CLI: ");
});

test("what the CLI writes half appears nowhere", async () => {
  program("docker", "exit 0");
  program(
    "dagger",
    `${fakeDagger(version).replace("exit 7", 'for to; do :; done; echo half > "$(echo "$to" | cut -d= -f2)"; exit 7')}`,
  );
  const run = await launch(["iso", "--node=noos", "-o", "noos.iso"]);
  expect(run.status).toBe(7);
  expect(run.stdout).toMatch(/^called: -m \S+ call iso --node=noos --output=\S+\n$/);
  expect(readdirSync(work)).toEqual(["bin"]);
});

test("without arguments it is help, which names what no function is", async () => {
  program("docker", "exit 0");
  program("dagger", fakeDagger(version));
  const [nothing, asked] = [await launch([]), await launch(["--help"])];
  expect(nothing.stdout).toEndWith(`called: -m ${root} call --help\n`);
  expect(nothing.stdout).toContain("./hegemonikon test [TIER…]");
  expect(asked.stdout).toBe(nothing.stdout);
});

test("an engine that the user named comes first", async () => {
  program("dagger", fakeDagger(version));
  const run = await launch(["base", "--node=noos"], { _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://127.0.0.1:1" });
  expect(run.stdout).toContain("call base --node=noos");
  expect(run.stderr).toContain("the one that _EXPERIMENTAL_DAGGER_RUNNER_HOST names");
});

test("a docker client without a daemon is no runtime", async () => {
  program("docker", "exit 1");
  program("dagger", fakeDagger(version));
  program("uname", "echo Darwin");
  const run = await launch(["base", "--node=noos"]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("engine: a local process, because none is named and no container runtime answers");
  expect(run.stderr).toContain("without a container runtime this needs Linux, and this is Darwin: install Docker");
});

test("who is not root is told so", async () => {
  program("id", "echo 1000");
  const run = await launch(["base", "--node=noos"]);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("needs root");
});

let releases: ReturnType<typeof Bun.serve>;
let archive: Buffer;
let checksums: string;
beforeAll(() => {
  const made = mkdtempSync(join(tmpdir(), "release-"));
  writeFileSync(join(made, "dagger"), `#!/bin/sh\n${fakeDagger(version)}\n`, { mode: 0o755 });
  spawnSync("tar", ["-czf", join(made, "dagger.tar.gz"), "-C", made, "dagger"]);
  archive = readFileSync(join(made, "dagger.tar.gz"));
  rmSync(made, { recursive: true });
  const name = `dagger_${version}_linux_${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz`;
  checksums = `${createHash("sha256").update(archive).digest("hex")}  ${name}\n`;
  releases = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      if (url.endsWith("checksums.txt")) return new Response(checksums);
      return url.endsWith(`/${version.slice(1)}/${name}`) ? new Response(archive) : new Response("no", { status: 404 });
    },
  });
});
afterAll(() => releases.stop(true));

test("a CLI of another version is left alone: the pinned one is installed, verified, into the user's cache, once", async () => {
  program("docker", "exit 0");
  program("dagger", fakeDagger("v0.1.0"));
  const env = { DAGGER_RELEASES: `http://127.0.0.1:${releases.port}` };
  const run = await launch(["build", "--node=noos"], env);
  expect(run.stdout).toContain("call build --node=noos");
  expect(run.status).toBe(7);
  expect(existsSync(join(work, ".cache/hegemonikon/dagger", version, "dagger"))).toBe(true);
  const again = await launch(["build", "--node=noos"], { DAGGER_RELEASES: "http://127.0.0.1:1" });
  expect(again.status).toBe(7);
});

test("a CLI with another checksum is not installed", async () => {
  program("docker", "exit 0");
  const right = checksums;
  checksums = `${"0".repeat(64)}${checksums.slice(64)}`;
  const env = {
    DAGGER_RELEASES: `http://127.0.0.1:${releases.port}`,
    _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://127.0.0.1:1",
  };
  const run = await launch(["build", "--node=noos"], env);
  checksums = right;
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(`expected ${"0".repeat(64)}: not installed`);
  expect(run.stderr).toContain(`needs the Dagger CLI ${version} on PATH`);
  expect(existsSync(join(work, ".cache/hegemonikon/dagger", version, "dagger"))).toBe(false);
});
