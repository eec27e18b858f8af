import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// compare-content.sh, on listings in the form of content.sh, and need-disk.sh.

const scripts = join(import.meta.dir, "../../../.dagger/src/media/scripts");
const folder = mkdtempSync(join(tmpdir(), "compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Line = [type: string, mode: string, owner: string, size: string, content: string, path: string];
const text = (lines: Line[]) => lines.map((line) => `${line.join("\t")}\n`).join("");

function compared(image: Line[], medium: Line[]): string[] {
  const paths = ["image", "medium"].map((name) => join(folder, name)) as [string, string];
  writeFileSync(paths[0], text(image));
  writeFileSync(paths[1], text(medium));
  const { stdout, stderr, exitCode } = Bun.spawnSync([join(scripts, "compare-content.sh"), ...paths]);
  expect([exitCode, String(stderr)]).toEqual([0, ""]);
  return String(stdout).split("\n").filter(Boolean);
}

const shadow: Line = ["f", "640", "0:42", "9", "aa", "/etc/shadow"];
const link: Line = ["l", "777", "0:0", "-", "usr/bin", "/bin"];

test("equal listings", () => expect(compared([link, shadow], [link, shadow])).toEqual([]));
test("a content that nobody looked into does not count, a size does", () => {
  expect(compared([shadow], [["f", "640", "0:42", "9", "?", "/etc/shadow"]])).toEqual([]);
  expect(compared([shadow], [["f", "640", "0:42", "8", "?", "/etc/shadow"]])).toEqual([
    "changed\t/etc/shadow (size 9 -> 8)",
  ]);
});
test("mode, owner, content, type and target", () => {
  expect(
    compared(
      [link, shadow],
      [
        ["d", "755", "0:0", "-", "-", "/bin"],
        ["f", "600", "0:0", "9", "bb", "/etc/shadow"],
      ],
    ),
  ).toEqual([
    "changed\t/bin (type l -> d, mode 777 -> 755, content usr/bin -> -)",
    "changed\t/etc/shadow (mode 640 -> 600, owner 0:42 -> 0:0, content aa -> bb)",
  ]);
});
test("missing and added, folders too; what AuroraBoot leaves out does not count", () => {
  const folder = (path: string): Line => ["d", "755", "0:0", "-", "-", path];
  const left: Line[] = [folder("/mnt"), ["f", "644", "0:0", "1", "aa", "/run/x"]];
  expect(compared([folder("/srv"), ...left], [link])).toEqual(["added\t/bin", "missing\t/srv"]);
  expect(compared([folder("/mntx")], [])).toEqual(["missing\t/mntx"]);
});
test("a tab in a name", () => {
  const odd: Line = ["f", "644", "0:0", "1", "aa", "/a\tb"];
  expect(compared([odd], [odd])).toEqual([]);
  expect(compared([odd], [])).toEqual(["missing\t/a\tb"]);
});
test("twenty of a kind are enough", () => {
  const many = Array.from({ length: 30 }, (_, i): Line => ["f", "644", "0:0", "1", "aa", `/f${i}`]);
  expect(compared(many, [])).toHaveLength(20);
});

test("a disk with too little room is told before anything is made, with what is needed, why, and what is there", () => {
  const need = (times: string, more: string) => {
    const { exitCode, stderr } = Bun.spawnSync([join(scripts, "need-disk.sh"), folder, times, more, "/", folder]);
    return { exitCode, said: String(stderr) };
  };
  expect(need("3", "1")).toEqual({ exitCode: 0, said: "" });
  const { exitCode, said } = need("3", "1073741824");
  expect(exitCode).toBe(1);
  expect(said).toMatch(
    /^found [\d.]+ GiB of free disk for \/, expected 10485\d\d\.\d GiB: 3 times the root file system of 0\.0 GiB, and 1073741824 MiB\n$/,
  );
});

test("a tool's image that lacks programs is told so in one sentence", () => {
  const { exitCode, stderr } = Bun.spawnSync([join(scripts, "needs.sh"), "sh", "no-such-find", "no-such-xargs"]);
  expect(exitCode).toBe(127);
  expect(String(stderr)).toMatch(
    /^found no no-such-find, no-such-xargs in this image \(.+\), expected: sh no-such-find no-such-xargs\n$/,
  );
  expect(Bun.spawnSync([join(scripts, "needs.sh"), "sh"]).exitCode).toBe(0);
});

test("every script that a tool's image runs says what it needs of it", () => {
  // What asks; what runs another one; and parts of scripts that ask for them.
  const others = ["needs.sh", "titled.sh", "need-disk.sh", "compare-content.sh", "capabilities.sh"];
  const names = readdirSync(scripts).filter((name) => name.endsWith(".sh"));
  expect(names.length).toBeGreaterThan(others.length);
  const text = (name: string) => readFileSync(join(scripts, name), "utf8");
  expect(names.filter((name) => !others.includes(name) && !text(name).includes('/needs.sh" '))).toEqual([]);
});

test("what is noted of an image or a medium is read by the module", () => {
  const notes = ["image-facts.sh", "iso-facts.sh", "raw-facts.sh"].map((name) =>
    // A comment ends a line of code, or is one.
    readFileSync(join(scripts, name), "utf8").replace(/(^|\s)# .*$/gm, ""),
  );
  const noted = notes.flatMap((text) => [...text.matchAll(/\b(?:fact |echo ")([a-z-]+)/g)].map(([, key = ""]) => key));
  const options = notes.flatMap((text) => [...text.matchAll(/CONFIG_([A-Z_]+)/g)].map(([, name = ""]) => name));
  const src = join(import.meta.dir, "../../../.dagger/src");
  const code = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(src, file), "utf8"))
    .join("\n");
  expect(noted.length).toBeGreaterThan(15);
  expect([
    ...noted.filter((key) => !code.includes(`"${key}"`)),
    ...options.filter((name) => !code.includes(name)),
  ]).toEqual([]);
});
