import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cleanLines, SIGNS, signIn, signTable } from "../../../.dagger/src/boot/signs";

/** Serial logs as machines wrote them, each named after the sign that it shows. */
const recorded = join(import.meta.dir, "../../fixtures/boot/serial");
const logs = readdirSync(recorded).sort();
const log = (name: string) => readFileSync(join(recorded, name), "latin1");

/** Signs of which no machine has written a log yet, with a line as the program that writes it words it. */
const UNRECORDED: { [sign: string]: string } = {
  "upgrade-failed": "[  312.1] upgrade-test: the upgrade ended with exit code 1",
};

test("there is a recorded log of each sign, and of a boot that goes well", () => {
  const recordedSigns = SIGNS.map(({ name }) => name).filter((name) => !(name in UNRECORDED));
  for (const name of ["good-live", "good-installed", ...recordedSigns]) expect(logs).toContain(`${name}.log`);
  for (const [name, line] of Object.entries(UNRECORDED)) expect(signIn(line)?.sign.name).toBe(name);
});

test("emergency mode is seen on a serial line that is not the console: what sulogin asks there", () => {
  for (const line of ["Press Enter for maintenance", "Give root password for maintenance"]) {
    expect(signIn(`${line}\n(or press Control-D to continue): `)?.sign.name).toBe("emergency-shell");
  }
});

test.each(logs)("%s is recognised and named", (name) => {
  const expected = name.startsWith("good") ? undefined : name.replace(".log", "");
  expect(signIn(log(name))?.sign.name).toBe(expected);
});

test.each(logs)("%s: the watcher's grep -E finds the same as the verdict", (name) => {
  for (const line of signTable().trimEnd().split("\n")) {
    const [sign = "", most = "", pattern = ""] = line.split("\t");
    const grep = spawnSync("grep", ["-acE", "--", pattern, join(recorded, name)], {
      encoding: "utf8",
      env: { LC_ALL: "C" },
    });
    expect(grep.stderr).toBe("");
    const seen = Number(grep.stdout) > Number(most);
    if (!name.startsWith("good") && sign === name.replace(".log", "")) expect([sign, seen]).toEqual([sign, true]);
    if (name.startsWith("good")) expect([sign, seen]).toEqual([sign, false]);
  }
});

test("every sign is a table line: no tab or line break in it", () => {
  for (const { name, pattern } of SIGNS) {
    expect(name).toMatch(/^[a-z-]+$/);
    expect(pattern).not.toMatch(/[\t\n]|\\[dbws]|\(\?/);
  }
});

test("cursor moves, colours and carriage returns are taken out of lines", () => {
  expect(cleanLines("\u001b[2J\u001b[01;01Hgrub\u001b[0;37m> \r\nnext\u001b]0;title\u0007!\rlast")).toEqual([
    "grub>",
    "next!",
    "last",
  ]);
});

test("the line that shows the sign is kept", () => {
  const found = signIn(
    "[    1.0] fine\n[    2.5] Kernel panic - not syncing: VFS: Unable to mount root fs\n[    2.6] CPU: 0",
  );
  expect(found?.line).toBe("[    2.5] Kernel panic - not syncing: VFS: Unable to mount root fs");
});

test("a file that Kairos' menu looks for in vain is no sign; a partition is", () => {
  expect(signIn("error: no such device: /grubcustom.\nerror: no such device: /grub_oem_env.\n")).toBeUndefined();
  expect(signIn("error: no such device: COS_STATE.\n")?.sign.name).toBe("grub-error");
});
