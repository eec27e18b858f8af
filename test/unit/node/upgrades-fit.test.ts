import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { planFiles, stagesOf } from "../../../.dagger/src/boot/stages.js";
import { Node } from "../../../.dagger/src/node/node.js";
import { sizeInBytes } from "../../../.dagger/src/node/size.js";
import { checkNode } from "../check/valid.js";

setDefaultTimeout(120_000);

/** What the rule says of a node that is in use, with these partitions. */
const found = (install: string, ...more: [from: string, to: string][]) =>
  checkNode(["status: development", "status: running"], ["  reboot: true", install], ...more)
    .problems.filter(({ rule }) => rule === "node/upgrades-fit")
    .map(({ severity, expected }) => [severity, expected]);
const partitions = (state: number | string, recovery: number) =>
  `  partitions: { state: { size: ${state} }, recovery: { size: ${recovery} } }`;
const STATE = ["warning", "install.partitions.state.size: 13288 or more, in MiB"];
const RECOVERY = ["warning", "install.partitions.recovery.size: 8392 or more, in MiB"];

test("kairos-agent's arithmetic, for an image as large as its budget of 4 GiB", () => {
  expect(found("  reboot: true")).toEqual([RECOVERY, STATE]);
  expect(found(partitions(13288, 8392))).toEqual([]);
  expect(found(partitions(13287, 8392))).toEqual([STATE]);
  expect(found(partitions(13288, 8391))).toEqual([RECOVERY]);
  expect(found("  partitions: { state: { size: 20000 } }")).toEqual([RECOVERY]);
  expect(found(partitions(13288, 8392), ["image: 4GiB", "image: 4.5GiB"])).toHaveLength(2);
});

test("keys that are written as one, as Kairos takes them", () => {
  expect(found("  partitions.state.size: 13288\n  partitions: { recovery.size: 8392 }")).toEqual([]);
});

test("not asked of a node in development, which no machine has yet", () => {
  expect(checkNode().problems.filter(({ rule }) => rule === "node/upgrades-fit")).toEqual([]);
});

test("the partitions of each node fit on the disk of its virtual machine, and leave room for what persists", () => {
  const folder = join(import.meta.dir, "../../../nodes");
  for (const name of readdirSync(folder)) {
    const node = Node.parse(parse(readFileSync(join(folder, name, "node.yaml"), "utf8")));
    const { partitions = {} } = node.install as { partitions?: { [name: string]: { size: number } } };
    const sum = Object.values(partitions).reduce((all, { size }) => all + size, 0) * 2 ** 20;
    const disks = planFiles(node, stagesOf(node, BootRoute.Installed), "uefi", false, 1).find(
      ({ path }) => path === "disks",
    );
    const size = /^disk\.raw (\d+)G$/m.exec(disks?.text ?? "")?.[1];
    expect(sum, name).toBeLessThan(sizeInBytes(`${size}GiB`) - 8 * 2 ** 30);
  }
});
