import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

// What a machine's owner follows word by word, where a wrong or missing word costs the data or the machine.

const root = join(import.meta.dir, "../../..");
const files = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const text = (file: string) => readFileSync(join(root, file), "utf8");
/** The lines of a document's examples, without their comments. */
const examples = (file: string) =>
  [...text(file).matchAll(/^ {4}.+$|^```[\s\S]*?^```$/gm)].flatMap(([block]) =>
    block.split("\n").map((line) => line.replace(/(^|\s)#.*/, "")),
  );
/** A chapter of a document, up to the next one. */
const chapter = (file: string, heading: string) =>
  text(file)
    .split(/^## /m)
    .find((it) => it.startsWith(`${heading}\n`)) ?? "";
const readmes = files.filter((file) => /^(nodes\/[^/]+\/)?README\.md$/.test(file));

test("an example's key is the key itself: what is fetched by github: comes without a look at who answers", () => {
  const keys = files.flatMap((file) => examples(file).map((line) => `${file}: ${line.trim()}`));
  expect(keys.filter((line) => /: - ssh-ed25519 AAAA/.test(line)).length).toBeGreaterThan(3);
  expect(keys.filter((line) => /\b(github|gitlab):[\w-]/.test(line))).toEqual([]);
});

test("who is told how a medium installs by itself is told to pull it out, in bold, and where that is explained", () => {
  const unattended = readmes.filter((file) => examples(file).some((line) => line.trim() === "auto: true"));
  expect(unattended).toContain("nodes/protos/README.md");
  const silent = unattended.filter(
    (file) =>
      !/\*\*Pull the stick out when[^*]+\*\*/.test(text(file)) || !text(file).includes("docs/personal.md#install"),
  );
  expect(silent).toEqual([]);
  expect(chapter("docs/personal.md", "Install")).toContain("**Pull the stick out when the screen goes black.**");
});

test("upgrading a machine has one home, with the restart and the check; a README that names the command leads there", () => {
  const home = chapter("docs/release.md", "Upgrade a machine");
  const steps = ["--source oci:", "--source ocifile:/", "\nsudo reboot", "\nsudo role-check", "--select fallback"];
  expect(steps.map((step) => home.indexOf(step))).toEqual(
    steps.map((step) => home.indexOf(step)).sort((a, b) => a - b),
  );
  for (const step of steps) expect(home).toContain(step);
  const alone = readmes.flatMap((file) =>
    text(file)
      .split("\n")
      .filter((line) => line.includes("kairos-agent upgrade") && !line.includes("docs/release.md#upgrade-a-machine"))
      .map((line) => `${file}: ${line}`),
  );
  expect(alone).toEqual([]);
});

test("whose machine does not boot is told that installing erases it, and how to save the data before", () => {
  const recover = chapter("docs/release.md", "Recover a machine");
  const [row = ""] = /^\| does not boot at all \|.*$/m.exec(recover) ?? [];
  expect(row).toContain("**installing erases the whole disk**");
  expect(row).toContain("](#save-the-data)");
  expect(recover).toContain("mount -o ro /dev/disk/by-label/COS_PERSISTENT");
});

test("what is saved before a new installation brings back neither a stolen key nor what runs at a login", () => {
  const saves = examples("docs/release.md").filter((line) => /\btar\b.* -c/.test(line));
  expect(saves.length).toBeGreaterThan(0);
  // Files of a home, by their names; never the homes.
  expect(saves.filter((line) => /home\.bind(?!\/k0s_backup_\*\.tar\.gz(\s|$))/.test(line))).toEqual([]);
  expect(chapter("docs/release.md", "Recover a machine")).toContain("never the whole of it");
  const [, stolen = ""] = text("docs/personal.md").split("### A key that must not log in any more\n");
  expect(stolen.split("\n### ")[0]).toMatch(/\[save the data\]\([^)]*\), without `\/home`/);
});
