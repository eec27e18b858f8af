import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { CLOUD_CONFIG } from "../../../.dagger/src/cloudconfig/cloud-config.js";
import type { Shape } from "../../../.dagger/src/cloudconfig/shape.js";
import { FIXTURES } from "./read-fixtures.js";

const upstream = new Map(
  readFileSync(`${FIXTURES}upstream-keys.tsv`, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t") as [string, string]),
);

/** Keys that upstream decodes and then uses nowhere; the checker says so. */
const DECODED_AND_UNUSED = /^users\[\]\.coreos_ssh_import_/;

/** Blocks that these structs do not hold: kairos-agent takes them from the merged values, or the provider reads them. */
const ELSEWHERE = /^(kcrypt|phonehome|providers|k3s|k3s-agent|k0s|k0s-worker|p2p|kubevip|cluster)(\.|$)/;

/** Read from the merged values, not through a struct (pkg/config/spec.go). */
const BESIDE = ["upgrade", "reset", "upgrade.recovery"];

function shapeAt(path: string): Shape | undefined {
  let at: Shape | undefined = CLOUD_CONFIG;
  for (const step of path.replaceAll("[]", ".[]").split(".")) {
    if (step === "[]") at = at?.kind === "list" ? at.of : undefined;
    else if (step === "*") at = at?.kind === "table" ? at.of : undefined;
    else at = at?.kind === "record" ? at.fields[step] : undefined;
  }
  return at;
}

/** What a Go type asks for, in the words of shape.ts. */
function kindOf(type: string): string[] {
  if (type === "bool") return ["flag"];
  if (type === "uint32") return ["mode"];
  if (/^u?int(64)?$/.test(type)) return ["whole"];
  if (type.startsWith("string")) return ["text", "mode"];
  if (type.startsWith("[]") || type === "Bundles" || type === "PartitionList") return ["list"];
  if (type.startsWith("map[")) return ["table"];
  return ["record"];
}

test("every key that upstream decodes is known, with the type that upstream decodes it into", () => {
  expect(upstream.size).toBeGreaterThan(300);
  for (const [path, type] of upstream) {
    if (DECODED_AND_UNUSED.test(path)) continue;
    expect({ path, kind: kindOf(type).includes(shapeAt(path)?.kind ?? "none") || shapeAt(path)?.kind }).toEqual({
      path,
      kind: true,
    });
  }
});

test("no key is known that upstream does not decode", () => {
  const unknown: string[] = [];
  const visit = (shape: Shape, path: string): void => {
    if (shape.kind === "list") visit(shape.of, `${path}[]`);
    if (shape.kind === "table") visit(shape.of, `${path}.*`);
    if (shape.kind !== "record") return;
    for (const [key, field] of Object.entries(shape.fields)) {
      const at = path === "" ? key : `${path}.${key}`;
      if (ELSEWHERE.test(at)) continue;
      if (!upstream.has(at) && !BESIDE.includes(at)) unknown.push(at);
      visit(field, at);
    }
  };
  visit(CLOUD_CONFIG, "");
  expect(unknown).toEqual([]);
});
