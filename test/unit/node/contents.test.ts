import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { textReport } from "../../../.dagger/src/check/report.js";
import { change, type Files, places, VALID_NODE, workspace } from "../check/valid.js";

const SCRIPT = "nodes/demo/files/demo";
const UNIT = "nodes/demo/files/demo.service";
const GOOD = "[Service]\nExecStart=/usr/bin/demo\n[Install]\nWantedBy=multi-user.target\n";

/** The valid node without a program: its file is data. */
const DATA = change(change(VALID_NODE, '    mode: "0755"\n', ""), "/usr/bin/demo", "/etc/demo.conf");
const found = (changes: Files) => places(checkWorkspace(workspace(changes)));

test.each([
  ["whose #! line does", "#!/bin/bash\r\necho\r\n", "1:12"],
  ["whose #! line alone does, whatever runs it", "#!/usr/bin/python3\r\nprint()\n", "1:19"],
  ["of a shell, in a later line", "#!/usr/bin/env bash\nset -e\r\n", "2:7"],
])("a script %s end in CR LF cannot run", (_what, text, at) => {
  expect(found({ [SCRIPT]: text })).toEqual([`${SCRIPT}:${at} node/script-line-ends`]);
});

test("a few lines of a script may end in CR LF: what a here-document sends", () => {
  const text = "#!/bin/sh\nset -e\ncat <<E\nGET / HTTP/1.0\r\nE\n";
  expect(found({ [SCRIPT]: text })).toEqual([`${SCRIPT}:4:15 node/line-ends`]);
});

test("what a script reads with . is a script, too", () => {
  const node = change(VALID_NODE, "source: files/demo\n", "source: files/common.sh\n");
  const files = { [SCRIPT]: null, "nodes/demo/files/common.sh": "a=1\r\n", "nodes/demo/node.yaml": node };
  expect(found(files)).toEqual(["nodes/demo/files/common.sh:1:4 node/script-line-ends"]);
});

test("another text with CR LF is a warning, at the first such line, with what was found and expected", () => {
  const files = workspace({ [UNIT]: GOOD.replaceAll("\n", "\r\n").replace("\r\n", "\n") });
  const { problems } = checkWorkspace(files);
  expect(problems).toMatchObject([{ rule: "node/line-ends", severity: "warning", file: UNIT }]);
  const report = textReport(problems, files);
  expect(report).toContain(`at ${UNIT}:2:24`);
  expect(report).toContain("found:    a line that ends in CR LF");
  expect(report).toContain("expected: lines that end in LF");
  expect(found({ [SCRIPT]: "#!/usr/bin/python3\nprint()\r\n" })).toEqual([`${SCRIPT}:2:8 node/line-ends`]);
});

test("bytes that are no text, and a carriage return elsewhere, are nobody's line ends", () => {
  for (const bytes of [
    [0x7f, 0x45, 0, 13, 10],
    [0xff, 13, 10],
    [97, 13, 98, 10],
  ])
    expect(found({ [SCRIPT]: new Uint8Array(bytes) })).toEqual([]);
});

test.each(["", " \n\t\r\n"])("an empty program and an empty unit (%j) are errors, and one each", (text) => {
  expect(found({ [SCRIPT]: text.replace("\r", "") })).toEqual([`${SCRIPT} node/not-empty`]);
  expect(found({ [UNIT]: text.replace("\r", "") })).toEqual([`${UNIT} node/not-empty`]);
});

test("an empty file that nobody runs may have a meaning", () => {
  expect(found({ [SCRIPT]: "", "nodes/demo/node.yaml": DATA })).toEqual([]);
});

test("a unit has the section of its kind", () => {
  const install = "[Install]\nWantedBy=multi-user.target\n";
  expect(found({ [UNIT]: `hello world\n${install}` })).toEqual([`${UNIT} node/unit-section`]);
  expect(found({ [UNIT]: `# [Service]\n[Unit]\nDescription=a \\\n[Service]\n${install}` })).toEqual([
    `${UNIT} node/unit-section`,
  ]);
  for (const [kind, text, right] of [
    ["target", install, true],
    ["target", "hello world\n", false],
    ["target", "# says nothing\n", true],
    ["service", "[Unit]\nSuccessAction=reboot\n", true],
    ["service", "[Unit]\nDescription=SuccessAction=\n", false],
    ["slice", "[Slice]\nMemoryMax=1G\n", true],
    ["timer", "[Timer]\nOnBootSec=1min\n", true],
    ["timer", "[Service]\n", false],
    ["mount", "[Mount]\r\nWhat=tmpfs\r\n", true],
  ] as const) {
    const node = change(VALID_NODE, "name: demo.service", `name: demo.${kind}`).replace(
      "source: files/demo.service",
      "source: files/demo.service\n    enable: false",
    );
    const wrong = found({ [UNIT]: text, "nodes/demo/node.yaml": node }).includes(`${UNIT} node/unit-section`);
    expect(wrong, `${kind}: ${text}`).toBe(!right);
  }
});

test("git writes every text of this repository with LF, on every system", () => {
  const root = join(import.meta.dir, "../../..");
  const lines = execFileSync("git", ["ls-files", "--eol"], { cwd: root, encoding: "utf8" }).trim().split("\n");
  const others = lines.filter((line) => !/^i\/(lf|none)\s.*attr\/text=auto eol=lf\s/.test(line));
  expect(others.filter((line) => !/^i\/-text\s.*\.png$|attr\/-text\s.*boot\/serial\/.*\.log$/.test(line))).toEqual([]);
});
