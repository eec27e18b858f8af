import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// install-packages.sh: with an apt-get that notes how it is called, and with the real one, where there is one, in a base of ours.

const script = join(import.meta.dir, "../../../.dagger/src/image/scripts/install-packages.sh");
const folder = mkdtempSync(join(tmpdir(), "install-packages-"));
afterAll(() => rmSync(folder, { recursive: true }));
let bases = 0;

/** Runs the script where apt-get is this program; what it was called with is in `calls`. */
function install(aptGet: string, ...names: string[]) {
  const bin = join(folder, `bin-${bases++}`);
  mkdirSync(bin);
  writeFileSync(join(bin, "apt-get"), `#!/bin/sh\necho "$*" >> ${bin}/calls\n${aptGet}\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", script, ...names], { env });
  const calls = readFileSync(join(bin, "calls"), "utf8").trim().split("\n");
  return { exitCode, stdout: String(stdout), stderr: String(stderr), calls };
}

test("the list is fetched first; nothing that is there may go, and no recommendation comes", () => {
  const { exitCode, stderr, calls } = install("exit 0", "curl", "jq");
  expect([exitCode, stderr, calls.length]).toEqual([0, "", 2]);
  expect(calls[0]).toBe("-qq update");
  expect(calls[1]).toMatch(/ --no-remove .*--no-install-recommends .*install curl jq$/);
});

test("a failure of another kind is apt's alone to tell", () => {
  const { exitCode, stderr } = install('case $* in *update) ;; *) echo "E: no" >&2; exit 100 ;; esac', "curl");
  expect(exitCode).toBe(100);
  expect(stderr).toBe("E: no\n");
});

/** One paragraph of an archive's list, or of dpkg's. */
const paragraph = (name: string, more: string) =>
  `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: x\nFilename: ${name}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n${more}\n`;

/** An apt-get that knows an archive and what is installed, and would fetch from it where the real one did. */
function realApt(): string {
  const dir = mkdtempSync(join(folder, "apt-"));
  for (const path of ["lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d", "archive"])
    mkdirSync(join(dir, path), { recursive: true });
  const daemon = "Provides: time-daemon\nConflicts: time-daemon\n";
  const here = (name: string, more = "") => paragraph(name, `Status: install ok installed\n${more}`);
  writeFileSync(join(dir, "status"), `${here("timesyncd", daemon)}\n${here("viewer")}`);
  // reader takes plain, unless plainless is there: then rich, which conflicts with the viewer.
  const offered = [
    ...[paragraph("chrony", daemon), paragraph("curl", ""), paragraph("reader", "Depends: plain | rich\n")],
    ...[paragraph("plain", ""), paragraph("rich", "Conflicts: viewer\n"), paragraph("plainless", "Conflicts: plain\n")],
  ];
  writeFileSync(join(dir, "archive/Packages"), offered.join("\n"));
  writeFileSync(join(dir, "list"), `deb [trusted=yes] file:${dir}/archive ./\n`);
  const own = {
    "Dir::Etc": `${dir}/etc`,
    "Dir::Etc::sourcelist": `${dir}/list`,
    "Dir::Etc::sourceparts": "-",
    "Dir::State": dir,
    "Dir::State::lists": `${dir}/lists`,
    "Dir::State::status": `${dir}/status`,
    "Dir::Cache": `${dir}/cache`,
    "APT::Architecture": "amd64",
    "APT::Sandbox::User": "root",
    "APT::Get::Print-URIs": "true",
    "Debug::NoLocking": "true",
  };
  const lines = Object.entries(own).map(([key, value]) => `${key} "${value}";`);
  writeFileSync(
    join(dir, "conf"),
    `${lines.join("\n")}\n#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n`,
  );
  return `case $* in *update) set -- "$@" -o APT::Get::Print-URIs=false ;; esac\nAPT_CONFIG=${dir}/conf exec ${apt} "$@"`;
}

const apt = Bun.which("apt-get");

test.skipIf(!apt)(
  "a package that takes the place of one that is there: nothing is installed, and both are named",
  () => {
    const { exitCode, stdout, stderr } = install(realApt(), "curl", "chrony");
    expect(exitCode).toBe(100);
    expect(stdout).toBe("");
    expect(stderr).toBe("E: Packages need to be removed but remove is disabled.\nE: chrony would remove timesyncd\n");
  },
);

test.skipIf(!apt)(
  "packages that drive one out only together: all of them are named, beside what one does alone",
  () => {
    const all = "E: Packages need to be removed but remove is disabled.\n";
    const { exitCode, stderr } = install(realApt(), "reader", "curl", "plainless");
    expect([exitCode, stderr]).toEqual([100, `${all}E: reader curl plainless together would remove viewer\n`]);
    const more = install(realApt(), "chrony", "reader", "plainless").stderr;
    const together = "E: chrony reader plainless together would remove viewer\n";
    expect(more).toBe(`${all}E: chrony would remove timesyncd\n${together}`);
    for (const name of ["reader", "plainless"]) expect(install(realApt(), name).exitCode).toBe(0);
  },
);

test.skipIf(!apt)("one beside it is fetched", () => {
  const { exitCode, stdout, stderr } = install(realApt(), "curl");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("curl");
});
