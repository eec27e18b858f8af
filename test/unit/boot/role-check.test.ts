import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { parseProof } from "../../../.dagger/src/boot/proof";
import { assertionTable, roleCheckEntries } from "../../../.dagger/src/boot/role-check/entries";

const files = join(import.meta.dir, "../../../.dagger/src/boot/role-check/files");

type Assertion = { name: string; command: string; within: string };

/** Runs role-check with assertions of its own. */
function roleCheck(assertions: Assertion[], ...args: string[]) {
  const share = mkdtempSync(join(tmpdir(), "role-check-"));
  if (assertions.length > 0) writeFileSync(join(share, "assertions.tsv"), assertionTable({ assertions }));
  writeFileSync(join(share, "node.json"), JSON.stringify({ name: "noos", role: 'Local "AI"' }, null, 2));
  const env = { ...process.env, ROLE_CHECK_LIB: files, ROLE_CHECK_SHARE: share };
  return spawnSync(join(files, "role-check"), args, { env, encoding: "utf8" });
}

const good = { name: "the root is there", command: "test -d /", within: "5s" };
const bad = { name: "it answers", command: String.raw`printf '%s\n' 'a\b "q"' two; exit 7`, within: "5s" };

test("what holds: exit code 0, and every name", () => {
  const run = roleCheck([good]);
  expect(run.stdout).toBe('noos: Local "AI"\n  ok    the root is there\n1 of 1 hold\n');
  expect([run.status, run.stderr]).toEqual([0, ""]);
});

test("what does not hold: exit code 1, its command, exit code and output", () => {
  const run = roleCheck([good, bad]);
  expect(run.status).toBe(1);
  expect(run.stdout).toContain("  FAIL  it answers\n        $ printf ");
  expect(run.stdout).toContain("exit code 7 after 1 attempt(s)");
  expect(run.stdout).toContain('        | a\\b "q"\n        | two\n1 of 2 hold\n');
});

test("--json is JSON whatever the texts are", () => {
  const odd = {
    name: 'tab\tand "quote" and \\ and é',
    command: "printf 'a\\001\\033[1mb\\377\\n\\tc'; false",
    within: "1min",
  };
  const run = roleCheck([odd, good], "--json");
  expect(run.status).toBe(1);
  const report = JSON.parse(run.stdout);
  expect(report.node).toBe("noos");
  expect(report.holds).toBe(false);
  expect(report.assertions[0]).toMatchObject({
    name: 'tab and "quote" and \\ and é',
    holds: false,
    withinSeconds: 60,
    attempts: 1,
    exitCode: 1,
    output: "a[1mb\n\tc",
  });
  expect(report.assertions[1]).toMatchObject({ name: "the root is there", holds: true, exitCode: 0, output: "" });
});

test("--tap is what the host reads", () => {
  const run = roleCheck([bad, good], "--tap");
  const proof = parseProof(run.stdout);
  expect(proof.plan).toBe(2);
  expect(proof.results.map(({ number, name, holds }) => [number, name, holds])).toEqual([
    [1, "it answers", false],
    [2, "the root is there", true],
  ]);
  expect(proof.results[0]).toMatchObject({ exitCode: 7, attempts: 1, within: 5, output: 'a\\b "q"\ntwo' });
  expect(run.stdout.startsWith("TAP version 14\n1..2\n")).toBe(true);
});

const skip = { name: "a model completes", command: "echo asked; echo 'SKIP: no model yet'; exit 77", within: "5min" };

test("what cannot be shown here is neither: said as such in each format, and no failure", () => {
  const text = roleCheck([good, skip]);
  expect(text.status).toBe(0);
  expect(text.stdout).toContain("  SKIP  a model completes\n        | asked\n        | no model yet\n");
  expect(text.stdout).toContain("1 of 2 hold, 1 cannot be shown here\n");
  const tap = roleCheck([skip], "--tap", "--wait").stdout;
  expect(tap).toContain("ok 1 - a model completes # SKIP no model yet\n");
  expect(parseProof(tap).results[0]).toMatchObject({
    name: "a model completes",
    holds: false,
    skipped: "no model yet",
  });
  const { holds, assertions } = JSON.parse(roleCheck([skip, good], "--json").stdout);
  expect([holds, assertions[0].holds, assertions[0].exitCode]).toEqual([true, null, 77]);
});

/** What `run` finds of one assertion, where /proc/uptime says these seconds one after the other (the last ever after). */
function ran(assertion: Assertion, scale: string, patience: string, uptimes: number[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "role-check-"));
  writeFileSync(join(folder, "list"), assertionTable({ assertions: [assertion] }));
  mkdirSync(join(folder, "state"));
  const uptime = join(folder, "uptime");
  if (uptimes.length > 0) writeFileSync(uptime, uptimes.join("\n"));
  // the only program that reads it
  const says = `#!/bin/sh\nhead -n 1 ${uptime}\n[ "$(wc -l < ${uptime})" = 0 ] || /bin/sed -i 1d ${uptime}\n`;
  mkdirSync(join(folder, "bin"));
  if (uptimes.length > 0) writeFileSync(join(folder, "bin/sed"), says, { mode: 0o755 });
  const env = { ...process.env, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
  spawnSync(join(files, "run"), [join(folder, "list"), join(folder, "state"), scale, patience], { env });
  const read = (name: string) => readFileSync(join(folder, "state/001", name), "utf8").trim();
  return { holds: read("holds"), attempts: Number(read("attempts")) };
}
/** A command that ends with one exit code the first time, and with another ever after. */
const first = (code: number, then: number) => {
  const marker = join(mkdtempSync(join(tmpdir(), "role-check-")), "marker");
  return `echo SKIP: later; test -e ${marker} && exit ${then}; touch ${marker}; exit ${code}`;
};

// curl ends with 77 where an image has no certificates, others where they may not do a thing
test("exit code 77 alone is a failure like any other: a skip says so in its last line", () => {
  for (const said of [
    "",
    "echo 'curl: (77) error setting certificate file'",
    "echo 'SKIP: no'; echo no",
    "echo SKIP",
  ]) {
    const run = roleCheck([
      { name: "the page answers", command: [said, "exit 77"].filter(Boolean).join("; "), within: "5s" },
    ]);
    expect([said, run.status]).toEqual([said, 1]);
    expect(run.stdout).toContain("  FAIL  the page answers\n");
  }
  expect(roleCheck([{ name: "it waits", command: "echo 'SKIP: no'; exit 1", within: "5s" }]).status).toBe(1);
});

test("an assertion is told how many seconds it has", () => {
  const told = { name: "told", command: "test $ROLE_CHECK_SECONDS -gt 290", within: "5min" };
  expect(ran(told, "1", "0")).toEqual({ holds: "true", attempts: 1 });
});

test("a proof waits four minutes for what cannot be shown yet, however slow its machine is; the gate does not", () => {
  const later = () => ({ name: "later", command: first(77, 0), within: "15min" });
  // asked before and after each attempt
  expect(ran(later(), "4", "proof", [200, 237])).toEqual({ holds: "true", attempts: 2 });
  expect(ran(later(), "4", "proof", [200, 241])).toEqual({ holds: "skipped", attempts: 1 });
  expect(ran(later(), "4", "boot", [200])).toEqual({ holds: "skipped", attempts: 1 });
  const short = { ...later(), within: "1min" };
  expect(ran(short, "4", "proof", [20, 61])).toEqual({ holds: "skipped", attempts: 1 });
});

test("--again: what fails for a moment only holds; what goes on failing does not; once is once", () => {
  const flaky = () => ({ name: "flaky", command: first(1, 0), within: "5min" });
  expect(ran(flaky(), "1", "9")).toEqual({ holds: "true", attempts: 2 });
  expect(ran(flaky(), "1", "0")).toEqual({ holds: "false", attempts: 1 });
  const bad = ran({ name: "bad", command: "exit 1", within: "5min" }, "1", "3");
  expect(bad.holds).toBe("false");
  expect(bad.attempts).toBeGreaterThan(1);
  expect(roleCheck([flaky()], "--again=9").status).toBe(0);
  for (const wrong of ["soon", "boot", "proof", "01", ""]) {
    expect(roleCheck([good], `--again=${wrong}`).stderr).toContain(`--again=${wrong}: expected a whole number`);
  }
}, 30_000);

test("--again: the time is one for all that fail, and not each one's", () => {
  const begun = Date.now();
  const bad = [1, 2, 3, 4].map((n) => ({ name: `bad ${n}`, command: "exit 1", within: "5min" }));
  const { assertions } = JSON.parse(roleCheck(bad, "--again=5", "--json").stdout);
  expect(assertions.map((one: { attempts: number }) => one.attempts > 1)).toEqual([true, false, false, false]);
  expect(Date.now() - begun).toBeLessThan(10_000);
}, 30_000);

test("TAP's blocks are YAML, whatever blank their text begins with", () => {
  const odd = { name: "odd", command: "printf '  indented\\nnot\\n'; exit 1", within: "5s" };
  const lines = roleCheck([odd], "--tap").stdout.split("\n");
  const block = lines.slice(lines.indexOf("  ---"), lines.indexOf("  ...")).map((line) => line.slice(2));
  expect(parse(block.join("\n")).output).toBe("  indented\nnot\n");
});

test("output is cut to its last lines, and a command that reads its input ends", () => {
  const run = roleCheck([{ name: "much", command: "cat; seq 1 100000; false", within: "9s" }], "--json");
  const lines = JSON.parse(run.stdout).assertions[0].output.split("\n");
  expect(lines).toHaveLength(40);
  expect(lines.at(-1)).toBe("100000");
});

test("run: tries again until it holds, shortest time first, results in the order of the list", () => {
  const folder = mkdtempSync(join(tmpdir(), "role-check-"));
  const marker = join(folder, "marker");
  const assertions = [
    { name: "later", command: `test -e ${marker}`, within: "9999min" },
    {
      name: "first",
      command: `test -e ${marker}.1 || { touch ${marker}.1; false; } && touch ${marker}`,
      within: "9998min",
    },
  ];
  const list = join(folder, "assertions.tsv");
  writeFileSync(list, assertionTable({ assertions }));
  mkdirSync(join(folder, "state"));
  // boot is long ago on this machine: a scale that large gives them time
  const run = spawnSync(join(files, "run"), [list, join(folder, "state"), "99", "boot"], { encoding: "utf8" });
  expect(
    run.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace(/\d+ s/, "N s")),
  ).toEqual(["# N s: holds: first", "# N s: holds: later"]);
  const tap = spawnSync(join(files, "print-tap"), [join(folder, "state")], { encoding: "utf8" });
  expect(parseProof(tap.stdout).results.map(({ name, attempts }) => [name, attempts])).toEqual([
    ["later", 1],
    ["first", 2],
  ]);
});

test("mistakes: an unknown argument, a scale that is none, no assertions", () => {
  expect(roleCheck([good], "--jsn")).toMatchObject({ status: 2, stdout: "" });
  expect(roleCheck([good], "--jsn").stderr).toContain(
    "unknown argument --jsn; expected --wait, --again=N, --scale=N, --json, --tap",
  );
  expect(roleCheck([good], "--scale=0").stderr).toContain("--scale=0: expected a whole number from 1 to 99");
  expect(roleCheck([])).toMatchObject({ status: 2 });
  expect(roleCheck([]).stderr).toContain("assertions.tsv is missing or empty");
});

const all = roleCheckEntries({ assertions: [good] });
const entries = all.flatMap((entry) => (entry.kind === "text" ? [entry] : []));

test("every program that role-check calls is in the image, and may be executed", () => {
  const paths = entries.map(({ path }) => path);
  const called = entries.flatMap(({ text }) => [...text.matchAll(/"\$lib\/([a-z-]+)"/g)].map((match) => match[1]));
  expect(called.length).toBeGreaterThan(3);
  for (const name of [...called, "print-text", "print-tap", "print-json"]) {
    expect(paths).toContain(`/usr/lib/hegemonikon/role-check/${name}`);
  }
  for (const { path, mode, text } of entries)
    expect([path, mode]).toEqual([path, text.startsWith("#!") ? 0o755 : 0o644]);
});

test("the port's name is the same for the host, the udev rule and the unit", async () => {
  const { PORT } = await import("../../../.dagger/src/boot/role-check/entries");
  const text = (end: string) => entries.find(({ path }) => path.endsWith(end))?.text ?? "";
  expect(text(".rules")).toContain(`ATTR{name}=="${PORT}"`);
  expect(text(".service")).toContain(`/dev/virtio-ports/${PORT}\n`);
});

test("the unit is enabled as well: a port that the initrd has seen may not appear again", () => {
  expect(all.filter(({ kind }) => kind === "link")).toEqual([
    {
      kind: "link",
      path: "/usr/lib/systemd/system/multi-user.target.wants/role-check.service",
      target: "../role-check.service",
    },
  ]);
});

test("the accounts that a password opens are among the facts; locked ones, and those that want none, are not", () => {
  const shadow = join(mkdtempSync(join(tmpdir(), "shadow-")), "shadow");
  writeFileSync(
    shadow,
    "root:*:1::::::\nkairos:!:1::::::\nlocked:!$6$a$b:1::::::\nnone::1::::::\neve:$6$a$b:1::::::\n",
  );
  const env = { ...process.env, ROLE_CHECK_SHADOW: shadow };
  const run = spawnSync(join(files, "facts"), { env, encoding: "utf8" });
  expect(parseProof(run.stdout).facts.get("password")).toEqual(["eve"]);
});

test("where a program of Kairos' listens is a fact; what others listen for is none", () => {
  const bin = mkdtempSync(join(tmpdir(), "ss-"));
  const facts = (lines: string[]) => {
    writeFileSync(join(bin, "ss"), `#!/bin/sh\ncat <<'END'\n${lines.join("\n")}\nEND\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    return parseProof(spawnSync(join(files, "facts"), { env, encoding: "utf8" }).stdout).facts.get("installer");
  };
  // as `ss -Hltnp` says it of sshd, and of `kairos-agent webui`
  const ssh = 'LISTEN 0      128         0.0.0.0:22        0.0.0.0:*    users:(("sshd",pid=700,fd=3))';
  const agent = 'LISTEN 0      4096              *:8080            *:*    users:(("kairos-agent",pid=831,fd=8))';
  expect(facts([ssh])).toBeUndefined();
  expect(facts([ssh, agent])).toEqual(["*:8080"]);
});
