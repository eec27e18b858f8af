import { expect, test } from "bun:test";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { durationInSeconds } from "../../../.dagger/src/node/duration.js";
import { readableSize, sizeInBytes } from "../../../.dagger/src/node/size.js";
import { nodesTable } from "../../../.dagger/src/node/table.js";
import { TableFormat } from "../../../.dagger/src/node/table-format.js";
import { change, VALID_NODE, workspace } from "../check/valid.js";

const withK0s = change(
  change(VALID_NODE, "packages:", "kubernetes:\n  distribution: k0s\n  source: k0s\npackages:"),
  "name: demo.service",
  "name: k0scontroller.service",
);
const files = workspace({ "nodes/demo/node.yaml": withK0s, "nodes/bad/node.yaml": "a: [" });

test("the table for people", () => {
  expect(nodesTable(checkWorkspace(files), TableFormat.Text)).toBe(
    [
      "NAME  STATUS       ARCH   MODEL    BASE          MEDIUM  KUBERNETES         MACHINE  ROLE",
      "demo  development  amd64  generic  ubuntu-24.04  iso     k0s v1.34.10+k0s.0  any      Shows what a valid node looks like",
      "",
      "Not shown, as check finds errors in them: bad",
      "",
    ]
      .join("\n")
      .replace("KUBERNETES         MACHINE", "KUBERNETES          MACHINE"),
  );
  expect(nodesTable(checkWorkspace([]), TableFormat.Text)).toBe("No node without errors\n");
});

test("the table for programs has the documented shape", () => {
  expect(JSON.parse(nodesTable(checkWorkspace(files), TableFormat.Json))).toEqual({
    version: 1,
    nodes: [
      {
        name: "demo",
        role: "Shows what a valid node looks like",
        machine: "any",
        status: "development",
        arch: "amd64",
        model: "generic",
        base: "ubuntu-24.04",
        medium: "iso",
        kubernetes: "k0s v1.34.10+k0s.0",
      },
    ],
    broken: ["bad"],
  });
});

test("sizes and durations", () => {
  expect(sizeInBytes("1.5GiB")).toBe(1_610_612_736);
  expect(sizeInBytes("512MiB")).toBe(536_870_912);
  expect(() => sizeInBytes("1GB")).toThrow("1GB");
  expect(readableSize(1_610_612_736)).toBe("1.5 GiB");
  expect(readableSize(5 * 1024 ** 2)).toBe("5 MiB");
  expect(durationInSeconds("90s")).toBe(90);
  expect(durationInSeconds("10min")).toBe(600);
  expect(() => durationInSeconds("1h")).toThrow("1h");
});
