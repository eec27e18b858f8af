import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { asRoot, install, missingPackages, programsOf } from "../../programs";

const root = join(import.meta.dir, "../../..");

/** What a minimal Debian and Ubuntu have (their essential packages, and mount). */
const EVERYWHERE =
  "apt-get bash blkid chmod cp dd df dpkg find grep gzip kill mkfifo mount nsenter rm script sed setpriv setsid sh sha256sum sleep sort tar umount unshare".split(
    " ",
  );
/** What the launcher, the engine and the stand-ins install themselves, and say so: local/go, local/engine/build, local/mirror/src/packages.ts. */
const INSTALLED = ["docker-registry", "go", "iptables", "iptables-save"];

/** The files of a tier's tests with what they import here, but for the module's own. */
function filesOf(tier: string): string[] {
  const folder = join(root, "test", tier);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.ts"));
  // This test and its table name programs that they do not run.
  const paths = files.map((name) => join(folder, name)).filter((path) => path !== import.meta.path);
  const found = new Set(paths);
  for (const file of found) {
    for (const [, to = ""] of readFileSync(file, "utf8").matchAll(/from "(\.[^"]*)"/g)) {
      const path = `${join(dirname(file), to)}.ts`;
      if (existsSync(path) && path.startsWith(join(root, "test/"))) found.add(path);
    }
  }
  return [...found];
}

/** Functions here that run the program they are given first: `(program: string, …)`, or `command`. */
const wrappers = (text: string, exported = ""): string[] =>
  [
    ...text.matchAll(
      new RegExp(`^${exported}(?:function (\\w+)|const (\\w+) = (?:async )?)\\((?:program|command): string`, "gm"),
    ),
  ].map(([, name, other]) => name ?? other ?? "");

test.each(["unit", "role", "contract", "engine", "full"])("tier %s: what its tests run is installed for it", (tier) => {
  const texts = filesOf(tier).map((file) => ({ file, text: readFileSync(file, "utf8") }));
  const shared = texts.flatMap(({ text }) => wrappers(text, "export "));
  const known = [...EVERYWHERE, ...INSTALLED, ...programsOf(tier)];
  const unknown = texts.flatMap(({ file, text }) => {
    const names = ["spawn", "spawnSync", "execFile", "execFileSync", "which", ...shared, ...wrappers(text)].join("|");
    const run = new RegExp(`\\b(?:${names})(?:<[^>]*>)?\\(\\s*\\[?\\s*"([a-z][a-z0-9.+-]*)"`, "g");
    return [...text.matchAll(run)]
      .filter(([, program = ""]) => !known.includes(program))
      .map(([, program]) => `${file.slice(root.length + 1)}: ${program}`);
  });
  expect(unknown).toEqual([]);
});

test("a tier installs what its own tests run", () => {
  const none = () => undefined;
  expect(missingPackages(["lint"], none)).toEqual(["git", "shellcheck"]);
  // Among them what the test above cannot see: compressors that stand in a table.
  const unit = ["curl", "git", "jq", "e2fsprogs", "openssl", "fdisk", "openssh-client", "xorriso", "xz-utils", "zstd"];
  expect(missingPackages(["unit"], none)).toEqual(unit);
  expect(missingPackages(["role"], none)).toContain("python3-libgpiod");
  expect(missingPackages(["role"], none)).toContain("python3-venv");
  expect(missingPackages(["engine"], none).filter((name) => name === "procps")).toHaveLength(1);
  expect(missingPackages(["role"], (program) => program === "gpiomon")).not.toContain("gpiod");
});

test("what cannot be installed is said", () => {
  const said: string[][] = [];
  const ends = (code: number) => (args: string[]) => {
    said.push(args);
    return code;
  };
  expect(install(["jq"], asRoot(1000, ""), ends(0))).toContain("not root");
  expect(said).toEqual([]);
  const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
  expect(install(["jq"], asRoot(0, ""), ends(100))).toContain("apt-get could not install them");
  expect(said).toEqual([[...apt, "update"]]);
  expect(install(["jq"], asRoot(0, "true"), ends(0))).toBe("");
  const packages = ["-y", "--no-install-recommends", "install", "jq"];
  expect(said.at(-1)).toEqual([...apt, ...packages]);
  // A runner's own user, as whom CI's job Test runs.
  expect(install(["jq"], asRoot(1001, "true", "/usr/bin/sudo"), ends(0))).toBe("");
  expect(said.at(-1)).toEqual(["sudo", "-n", ...apt, ...packages]);
  // A container of CI's with a plain user and no sudo: there are no words of apt's above.
  const before = said.length;
  expect(install(["jq"], asRoot(1001, "true", null), ends(0))).toContain("not root");
  expect(said).toHaveLength(before);
});
