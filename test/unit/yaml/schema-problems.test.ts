import { expect, test } from "bun:test";
import { parseNode } from "../../../.dagger/src/node/parse.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { VALID_NODE } from "../check/valid.js";

/** One line a problem: place, message, found, expected. */
function lines(parsed: {
  problems: readonly { span?: { line: number; column: number }; message: string; found?: string; expected?: string }[];
}): string[] {
  return parsed.problems.map(
    ({ span, message, found, expected }) => `${span?.line}:${span?.column} ${message} | ${found} | ${expected}`,
  );
}

test("each kind of mistake says where, what was found and what was expected", () => {
  const text = `name: 3
role: ""
kernel: 6
pakages: []
arch: x86
files:
  - path: /a
    mode: 0644
    sorce: files/a
budgets:
  image: 1GB
assertions: []
install: []
packages:
  - 1.10
`;
  expect(lines(parseNode("node.yaml", text))).toMatchInlineSnapshot(`
    [
      "1:7 name is not a text | the number 3 | lower-case letters, digits and dashes, a letter first, at most 31 (The folder's name)",
      "2:7 role is too short | an empty text | at least 1 character(s)",
      "1:1 The key "machine" is missing | nothing | machine: The hardware it runs on, for people",
      "1:1 The key "status" is missing | nothing | status: one of "development", "available", "deployable", "running"",
      "5:7 arch is not one of the known values | "x86" | one of "amd64", "arm64"",
      "1:1 The key "model" is missing | nothing | model: one of "generic", "rpi3", "rpi4"",
      "1:1 The key "base" is missing | nothing | base: The base image: an image in sources.yaml",
      "1:1 The key "medium" is missing | nothing | medium: one of "iso", "raw"",
      "15:5 packages[0] is not a text | the number 1.1 | a text in quotes: "1.10"",
      "8:11 files[0].mode is not a text | the number 644 | a text in quotes: "0644"",
      "9:5 Unknown key "sorce" in files[0] | "sorce" | "source"?",
      "13:10 install is not a mapping | an empty list | a mapping (Kairos's install: block, baked into /etc/kairos as the installer's defaults)",
      "11:10 budgets.image is not valid | "1GB" | a size in MiB or GiB, e.g. 1.5GiB",
      "11:3 The key "medium" is missing in budgets | nothing | medium: The ISO, or the RAW after compression",
      "12:13 assertions is too short | an empty list | at least one fact that proves the role",
      "3:1 Unknown key "kernel" | "kernel" | one of name, role, machine, status, arch, model, base, medium, memory, kubernetes, packages, binaries, containers, trees, models, files, units, install, budgets, assertions",
      "4:1 Unknown key "pakages" | "pakages" | "packages"?",
    ]
  `);
});

test("a file that is no mapping", () => {
  expect(lines(parseNode("node.yaml", "- a\n"))).toEqual([
    "1:1 The file is not a mapping | a list | a mapping (A node: one machine, one role)",
  ]);
  expect(lines(parseNode("node.yaml", "hello\n"))).toEqual([
    '1:1 The file is not a mapping | "hello" | a mapping (A node: one machine, one role)',
  ]);
});

test("a slip is one problem: the key it was meant to be is not missing as well", () => {
  expect(lines(parseNode("node.yaml", VALID_NODE.replace("medium: iso", "mediun: iso")))).toEqual([
    '8:1 Unknown key "mediun" | "mediun" | "medium"?',
  ]);
});

test("sources: an unknown kind, a name that is none, a number for a text", () => {
  const text =
    "sources:\n  A:\n    kind: image\n  b:\n    kind: imge\n  c:\n    kind: download\n    for: x\n    url: https://x/y\n    version: 1.10\n";
  expect(lines(parseSources("sources.yaml", text))).toEqual([
    '2:3 The name "A" is not allowed | "A" | lower-case letters, digits, dots, dashes',
    '5:11 sources.b.kind is not one of the known values | "imge" | one of "image", "download", "apt-snapshot"',
    '10:14 sources.c.version is not a text | the number 1.1 | a text in quotes: "1.10"',
  ]);
});
