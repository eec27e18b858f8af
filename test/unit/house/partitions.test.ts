import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Node } from "../../../.dagger/src/node/node.js";
import { sizeInBytes } from "../../../.dagger/src/node/size.js";

const nodes = join(import.meta.dir, "../../../nodes");

/** The partitions that node.yaml gives upgrades, in MiB. */
type Partitions = { state: { size: number }; recovery: { size: number } };

/** What a README says of them: `state 13 GiB … recovery 8.25 … the budget of node.yaml (4 GiB)`. A new node's need not. */
const SAID =
  /\bstate (?:gets |has )?([\d.]*\d) GiB(?:,| and) recovery ([\d.]*\d)\b.{0,200}budget of `node\.yaml` \(([\d.]+) GiB\)/i;

const saying = readdirSync(nodes).flatMap((name) => {
  const said = SAID.exec(readFileSync(join(nodes, name, "README.md"), "utf8").replaceAll(/\s+/g, " "));
  return said ? [{ name, said: said.slice(1).map(Number) }] : [];
});

test("the READMEs of those that are installed from an ISO say them", () => {
  expect(saying.map(({ name }) => name)).toEqual(expect.arrayContaining(["kairos", "noos", "protos"]));
});

test.each(saying)(
  "$name's README gives the partitions and the image's budget as its node.yaml does, in GiB",
  (node) => {
    const { install, budgets } = Node.parse(parse(readFileSync(join(nodes, node.name, "node.yaml"), "utf8")));
    const { state, recovery } = install.partitions as Partitions;
    expect(node.said).toEqual([state.size / 1024, recovery.size / 1024, sizeInBytes(budgets?.image ?? "") / 1024 ** 3]);
  },
);
