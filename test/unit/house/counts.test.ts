import { expect, test } from "bun:test";
import { countsOf, report } from "../../counts";

test("counts come from the report's head", () => {
  const junit =
    '<?xml version="1.0"?>\n<testsuites name="bun test" tests="7" assertions="9" failures="2" skipped="1" time="0.1">';
  expect(countsOf(junit)).toEqual({ passed: 4, failed: 2, skipped: 1 });
});

test("a report that cannot be read counts as nothing run", () => {
  expect(countsOf("")).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

test("the last line sums the tiers", () => {
  const tier = { passed: 2, failed: 1, skipped: 0, seconds: 1.25 };
  const lines = report([
    { name: "unit", ...tier },
    { name: "engine", ...tier },
  ]).split("\n");
  expect(lines.at(-1)).toBe("4 passed, 2 failed, 0 skipped");
  expect(lines[1]).toBe("unit    2       1       0        1.3 s");
});
