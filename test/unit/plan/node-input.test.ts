import { expect, test } from "bun:test";
import { checkWorkspace } from "../../../.dagger/src/check/check";
import { nodeInput } from "../../../.dagger/src/plan/node-input";
import { workspace } from "../check/valid";

const files = workspace({ "nodes/bad/node.yaml": "a: [" });
const of = (name: string, all = files) => nodeInput(all, checkWorkspace(all), name);

test("a node is read with its sources, whatever is wrong with the others", () => {
  expect(of("demo").node.name).toBe("demo");
  expect(Object.keys(of("demo").sources.sources)).toContain("kairos-init");
});

test("a node that is not there: what was found, and those that there are", () => {
  expect(() => of("dmo")).toThrow('--node: found "dmo", expected one of: demo');
  expect(() => of("__proto__")).toThrow('--node: found "__proto__", expected one of: demo');
  expect(() => of("x", [])).toThrow("There is no sources.yaml");
});

test("a node with mistakes: all of them, with their lines", () => {
  expect(() => of("bad")).toThrow(/bad cannot be built until this is right:[\s\S]*nodes\/bad\/node.yaml:1:5/);
});

test("a source that every build uses is missed before the build", () => {
  const sources = workspace({ "sources.yaml": "sources: {}\n" });
  for (const name of ["kairos-init", "auroraboot", "syft"])
    expect(() => of("demo", sources)).toThrow(`There is no ${name}`);
});
