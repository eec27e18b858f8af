import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { usersOf } from "../../../.dagger/src/cloudconfig/facts.js";
import { imageProblems } from "../../../.dagger/src/image/guards.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";

// No password that everybody knows: no-known-passwords.sh takes it away, the image's facts and guard find what is left.

const root = join(import.meta.dir, "../../..");
const OEM = "system/oem/10_accounting.yaml";
let image: string;
beforeEach(() => {
  image = mkdtempSync(join(tmpdir(), "passwords-"));
  put("usr/lib/modules/x", "");
  put("boot/x", "");
  put("var/lib/dpkg/status", "");
});
afterEach(() => rmSync(image, { recursive: true }));

function put(path: string, text: string) {
  mkdirSync(dirname(join(image, path)), { recursive: true });
  writeFileSync(join(image, path), text);
}
const read = (path: string) => readFileSync(join(image, path), "utf8");

function ran(...command: string[]): string {
  const { stdout, stderr, exitCode } = Bun.spawnSync(command);
  expect([exitCode, String(stderr)]).toEqual([0, ""]);
  return String(stdout);
}
const takeAway = () =>
  ran(
    join(root, ".dagger/src/image/scripts/no-known-passwords.sh"),
    join(image, "system/oem"),
    join(image, "etc/pam.d"),
  );
const problems = () =>
  imageProblems("probe", parseFacts(ran(join(root, ".dagger/src/media/scripts/image-facts.sh"), image)));
const found = () =>
  problems()
    .filter(({ rule }) => rule === "image/no-known-password")
    .map((problem) => problem.found);

/** A step as kairos-init has it, with the password written in one way. */
const step = (users: string) => `name: accounts
stages:
  initramfs:
    - name: users
      users:
        kairos:
          passwd: "!"
          groups:
            - admin
    - name: live
      if: "[ -e /run/cos/live_mode ]"
${users}
      files:
        - path: /etc/nsswitch.conf
          content: |
            passwd: files systemd
      commands:
        - passwd -l root
`;
const written = (value: string) => `      users:
        kairos:
          groups:
            - admin
          passwd: ${value}`;

test("the stand-in's file, which does what upstream's does: refused as it is, and locked throughout by the build", () => {
  put(OEM, readFileSync(join(root, "local/mirror/standins/kairos-init/files", OEM), "utf8"));
  expect(found()).toEqual([`kairos, in /${OEM}, stage initramfs`]);
  takeAway();
  expect(found()).toEqual([]);
  expect(usersOf(read(OEM)).map(({ name, passwd }) => [name, passwd?.value])).toEqual(Array(2).fill(["kairos", "!"]));
});

test.each(['"kairos"', "kairos", "'kairos'", "kairos # everybody's", "$6$salt$hash"])(
  "a password written as %s",
  (value) => {
    put(OEM, step(written(value)));
    const mode = statSync(join(image, OEM)).mode;
    expect(found()).toHaveLength(1);
    takeAway();
    expect(read(OEM)).toBe(step(written('"!"')));
    expect(statSync(join(image, OEM)).mode).toBe(mode);
  },
);

test("two users, a comment between them, and the list at the top of a cloud-config", () => {
  const two = (value: string) => `${written(value)}
# a comment
        eve:
          passwd: ${value}`;
  const top = (value: string) => `users:\n- name: ana\n  passwd: ${value}\n`;
  put(OEM, step(two("x")) + top("x"));
  expect(found()).toHaveLength(3);
  takeAway();
  expect(read(OEM)).toBe(step(two('"!"')) + top('"!"'));
});

test("what is locked, and what is no user's, stays as it is", () => {
  for (const value of ['"!"', "'*'", '"!!"']) {
    put(OEM, step(written(value)));
    takeAway();
    expect(read(OEM)).toBe(step(written(value)));
    expect(found()).toEqual([]);
  }
});

test("a form that the build does not know stops it, wherever Kairos reads: never passed by in silence", () => {
  const flow = step("      users: { kairos: { passwd: kairos } }");
  const paths = [OEM, "oem/x.yaml", "usr/local/cloud-config/x.yml"];
  for (const path of paths) put(path, flow);
  takeAway();
  expect(found().sort()).toEqual(paths.map((path) => `kairos, in /${path}, stage initramfs`).sort());
});

test("an empty password opens nothing: what lets pam_unix take one is taken away, and refused where it is left", () => {
  const lines = (option: string) =>
    `# pam_unix.so nullok\nauth\t[success=1 default=ignore]\tpam_unix.so${option} try_first_pass\nauth required pam_permit.so\n`;
  const emptyAllowed = () => problems().filter((problem) => problem.found?.includes("/etc/pam.d/common-auth"));
  for (const option of [" nullok", "\tnullok_secure"]) {
    put("etc/pam.d/common-auth", lines(option));
    expect(emptyAllowed()).toHaveLength(1);
    takeAway();
    expect(read("etc/pam.d/common-auth")).toBe(lines(""));
    expect(emptyAllowed()).toEqual([]);
  }
});
