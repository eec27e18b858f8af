import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULE_WORDS } from "../../../.dagger/src/cloudconfig/rule-words.js";
import { personalProblems } from "../../../.dagger/src/media/personal-config.js";

const nodes = join(import.meta.dir, "../../../nodes");

test("what the nodes' READMEs tell people to write is taken", () => {
  let examples = 0;
  for (const node of readdirSync(nodes)) {
    const readme = readFileSync(join(nodes, node, "README.md"), "utf8");
    for (const [block] of readme.matchAll(/^ {4}#cloud-config\n(?:(?: {4}.*)?\n)+/gm)) {
      expect(personalProblems(block.replace(/^ {4}/gm, "")), node).toEqual([]);
      examples++;
    }
  }
  expect(examples).toBeGreaterThan(3);
});

test("lines as Windows ends them are taken", () => {
  expect(personalProblems("#cloud-config\r\nusers:\r\n  - name: ana\r\n    groups: [admin]\r\n")).toEqual([]);
});

test.each([
  ["nothing", "", "--config: it is empty"],
  ["blanks", " \n\n", "--config: it is empty"],
  ["no header", "name: ana\n", "--config:1:1: it does not start with the line #cloud-config"],
  ["an older header, without which yip makes no user", "#node-config\nusers: []\n", "--config:1:1: it does not start"],
  ["a text", "#cloud-config\nhush\n", "--config:2:1: cloud-config/type"],
  ["a list", "#cloud-config\n- hush\n", "--config:2:1: cloud-config/type"],
  ["a header alone", "#cloud-config\n", "--config: yaml/empty"],
  ["broken YAML", "#cloud-config\nname: [hush\n", "--config:3:1: yaml/syntax"],
  ["a key twice", "#cloud-config\nname: hush\nname: hush\n", "--config:3:1: yaml/duplicate-key"],
  ["a key that nothing reads", "#cloud-config\nusers:\n  - nmae: hush\n", "--config:3:5: cloud-config/unknown-key"],
  ["a byte order mark", "\ufeff#cloud-config\nname: hush\n", "--config:1:1: yaml/bom"],
  ["something that is no text", "#cloud-config\nname: hush\0\n", "--config: yaml/binary"],
])("%s is refused, with its place and none of its words", (_what, text, expected) => {
  const said = personalProblems(text).join("\n");
  expect(said).toContain(expected);
  expect(said).not.toContain("hush");
  expect(said).not.toContain("nmae");
});

test("a rule is named with what it finds", () => {
  expect(personalProblems("#cloud-config\n")).toEqual([
    "--config: yaml/empty: nothing but blanks and comments; expected a mapping, such as name: VALUE",
  ]);
});

test("each rule that a cloud-config is held against has such words, and stands in the documents", () => {
  const root = join(import.meta.dir, "../../..");
  const ids = ["yaml", "cloudconfig"].flatMap((folder) =>
    readdirSync(join(root, ".dagger/src", folder))
      .filter((file) => file !== "rule-words.ts")
      .flatMap((file) => [
        ...readFileSync(join(root, ".dagger/src", folder, file), "utf8").matchAll(
          /"((?:yaml|cloud-config)\/[a-z0-9.-]+)"/g,
        ),
      ])
      .map(([, id = ""]) => id),
  );
  expect(Object.keys(RULE_WORDS).sort()).toEqual([...new Set(ids)].sort());
  const [problems, clouds] = ["problems", "cloud-config"].map((it) =>
    readFileSync(join(root, `docs/${it}.md`), "utf8"),
  );
  for (const [id, words] of Object.entries(RULE_WORDS)) {
    if (id.startsWith("yaml/")) expect(problems).toContain(`| \`${id}\` | ${words} |`);
    else expect(clouds).toContain(`/${id.slice("cloud-config/".length)}\``);
  }
});
