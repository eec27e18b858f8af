import { afterAll, afterEach, expect, spyOn, test } from "bun:test";
import type { Problem } from "../../../.dagger/src/errors.js";
import { budgetProblems } from "../../../.dagger/src/manifest/budget.js";
import { installationProblems } from "../../../.dagger/src/manifest/installs.js";
import { passed } from "../../../.dagger/src/media/passed.js";

// What the caller hears of the guards: warnings where the call runs, errors as its end.

const heard = spyOn(console, "error").mockImplementation(() => {});
afterEach(() => heard.mockClear());
afterAll(() => heard.mockRestore());
const said = () => heard.mock.calls.flat();

const MiB = 1024 ** 2;
const large = (used: number) =>
  budgetProblems("probe", "image", "100MiB", used * MiB, [{ path: "/big", bytes: used * MiB }]);
const small = Array.from({ length: 100_000 }, (_, at) => `f\t644\t0:0\t18432\taa\t/${at}\n`).join("");
const notInstallable = installationProblems({ name: "probe", medium: "iso", install: {} }, small);

test("what is in order passes in silence", () => {
  expect([passed("probe", []), said()]).toEqual([[], []]);
});

test("a warning is heard in one line that names the node, and goes on to the manifest", () => {
  const problems: Problem[] = [...large(95), ...notInstallable];
  expect(passed("probe", problems)).toEqual(problems);
  expect(said()).toEqual([
    expect.stringMatching(/^warning: nodes\/probe\/node\.yaml: .*over 90 %.*$/),
    expect.stringMatching(/^warning: nodes\/probe\/node\.yaml: .*expected install\.system\.size: \d+ or more.*$/),
  ]);
  expect(said().join("")).not.toContain("\n");
});

test("an error ends the call with all that was found", () => {
  expect(() => passed("probe", [...large(101), ...notInstallable])).toThrow(
    /^probe is not fit to leave:\nnodes\/probe\/node\.yaml: .*\n {2}101 MiB \/big.*\n.*install\.system\.size/,
  );
  expect(said()).toEqual([]);
});
