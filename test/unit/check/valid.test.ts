import { expect, test } from "bun:test";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { workspace } from "./valid.js";

test("a valid node has no problems, so that each test below sees only what it changes", () => {
  const { problems, nodes, broken, sources } = checkWorkspace(workspace());
  expect(problems).toEqual([]);
  expect([...nodes.keys()]).toEqual(["demo"]);
  expect(broken).toEqual([]);
  expect(Object.keys(sources?.sources ?? {})).toContain("k0s");
});
