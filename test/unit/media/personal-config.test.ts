import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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
