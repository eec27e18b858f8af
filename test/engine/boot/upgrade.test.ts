import { beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kairosAsserting } from "../../fixtures/boot/asserting";

const root = join(import.meta.dir, "../../..");
const scratch = mkdtempSync(join(tmpdir(), "upgrade-"));
const folder = join(scratch, "proof");
const read = (path: string) => readFileSync(join(folder, path), "utf8");
type Stage = {
  name: string;
  ended: string;
  facts: { [key: string]: string[] };
  assertions: { name: string; holds: boolean }[];
};
let result: { proven: boolean; version: string; stages: Stage[] };
const stage = (name: string) => result.stages.find((one) => one.name.endsWith(`-${name}`)) as Stage;

/** kairos, asked only for what is quick to prove: it is proven five times here, and live.test.ts asks for all of it. */
beforeAll(() => {
  const nodes = kairosAsserting(scratch, [
    { name: "the host name is kairos", command: 'test "$(cat /proc/sys/kernel/hostname)" = kairos', within: "3min" },
    // Never holds for the gate: neither before an upgrade is written nor as it is judged. In a boot's own role-check it does.
    {
      name: "no upgrade is begun or judged",
      command:
        'test ! -e /run/hegemonikon-active-image && test -z "$(find /usr/local/lib/hegemonikon/upgrade -name pending -o -name judging)"',
      within: "1s",
    },
    // Whatever answers there where the test runs: the host's cloud, a proxy, nobody.
    {
      name: "no cloud's metadata service can be reached",
      command:
        'for to in 169.254.169.254 168.63.129.16; do timeout 20 bash -c "exec 3<> /dev/tcp/$to/80" 2>&1 | tee /dev/stderr | grep -q "No route to host" || exit 1; done',
      within: "1min",
    },
    { name: "the container tools start", command: "debug-tools --check container", within: "3min" },
    // The version before is installed, whose file kairos-agent makes as large as its content. 3 GiB would be the agent's own choice.
    {
      name: "an upgrade's file is as large as the budget",
      command:
        '. /etc/kairos-release; case $KAIROS_VERSION in *.before) ;; *) test "$(stat -c %s /run/initramfs/cos-state/cOS/active.img)" = 4294967296 ;; esac',
      within: "1min",
    },
  ]);
  const args = [`--nodes=${nodes}`, "upgrade-test", "--node=kairos", "--faults=ASSERTION"];
  const run = spawnSync(join(root, "hegemonikon"), [...args, "-o", folder], {
    encoding: "utf8",
    env: { ...process.env },
  });
  // the error tells which stage did not go as it should, and why
  if (run.status !== 0) throw new Error(run.stderr);
  result = JSON.parse(read("result.json"));
});

test("installed, upgraded, and back from the broken version: each boot ended as it should", () => {
  expect(result).toMatchObject({ proven: true, version: "v0.0.0-dev" });
  expect(result.stages.map(({ name, ended }) => [name, ended])).toEqual([
    ["01-install", "exit"],
    ["02-before", "exit"],
    ["03-after", "exit"],
    ["04-assertion-fails", "exit"],
    ["05-assertion-back", "done"],
  ]);
});

test("the version before ran first, then the one upgraded to, and it again after the broken one", () => {
  const ran = ["before", "after", "assertion-back"].map((name) => {
    const { facts } = stage(name);
    return [facts.boot?.at(-1), facts.KAIROS_VERSION?.at(-1)];
  });
  expect(ran).toEqual([
    ["active", "v0.0.0-dev.before"],
    ["active", "v0.0.0-dev"],
    ["passive", "v0.0.0-dev"],
  ]);
});

test("what the version before alone had is gone, what it wrote is there, and the machine is the same one", () => {
  const held = stage("after").assertions.filter(({ holds }) => holds);
  expect(held.map(({ name }) => name)).toEqual([
    "the host name is kairos",
    "no upgrade is begun or judged",
    "no cloud's metadata service can be reached",
    "the container tools start",
    "an upgrade's file is as large as the budget",
    "a file that this version does not have is gone",
    "a unit that this version does not have is gone",
    "what a service of the version before wrote is there",
  ]);
  for (const key of ["machine-id", "hostname", "ssh-host-key"]) {
    expect(stage("before").facts[key]).toBeDefined();
    expect(stage("after").facts[key]).toEqual(stage("before").facts[key] as string[]);
    expect(stage("assertion-back").facts[key]).toEqual(stage("before").facts[key] as string[]);
  }
});

test("the upgrade was judged good, and the broken one taken back with its reason", () => {
  expect(stage("after").facts.upgrade).toEqual([
    "The upgrade from v0.0.0-dev.before to v0.0.0-dev is good.",
    "As before it, this does not hold: no upgrade is begun or judged",
  ]);
  const said = stage("assertion-back").facts.upgrade?.join("\n");
  expect(said).toContain("An upgrade was taken back: this is v0.0.0-dev, from before it.");
  expect(said).toContain("v0.0.0-dev.assertion did not prove its role:");
  expect(said).toContain("New since the upgrade: a role that never comes up");
  expect(said).not.toContain("New since the upgrade: no upgrade is begun");
  expect(said).toContain("FAIL  a role that never comes up");
  expect(said).toContain("| no such role");
});

test("the report is one page with every stage", () => {
  const report = read("report.html");
  for (const { name } of stage("after").assertions) expect(report).toContain(name);
  expect(report).toContain("FAIL  a role that never comes up");
});
