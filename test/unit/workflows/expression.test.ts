import { expect, test } from "bun:test";
import { condition, evaluate, interpolate } from "./expression";

const contexts = {
  github: { event_name: "push", event: { before: "abc" }, ref_name: "v1.0.0" },
  inputs: { arch: "arm64", publish: false },
  needs: { nodes: { outputs: { nodes: '[{"node":"noos"}]' } } },
};

test("operators, properties and functions, as GitHub evaluates them", () => {
  expect(evaluate("github.event.pull_request.base.sha || github.event.before", contexts)).toBe("abc");
  expect(evaluate("inputs.arch == 'ARM64' && 'ubuntu-24.04-arm' || 'ubuntu-24.04'", contexts)).toBe("ubuntu-24.04-arm");
  expect(evaluate("github.event.pull_request.head.repo.fork != true", contexts)).toBe(true);
  expect(evaluate("!inputs.publish && 'it''s'", contexts)).toBe("it's");
  expect(evaluate("fromJSON(needs.nodes.outputs.nodes)", contexts)).toEqual([{ node: "noos" }]);
  expect(evaluate("github.event.nothing == '' && 1 == true && 'a' != 0", contexts)).toBe(true);
  expect(evaluate("toJSON(github.event)", contexts)).toBe('{\n  "before": "abc"\n}');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's placeholders
  expect(interpolate("a ${{ github.ref_name }} b ${{ inputs.publish }}", contexts)).toBe("a v1.0.0 b false");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's placeholders
  expect(interpolate("${{ inputs.publish }}", contexts)).toBe(false);
});

test("a condition holds after a failure only where it asks for that", () => {
  expect(condition(undefined, contexts, "failure")).toBe(false);
  expect(condition("github.event_name == 'push'", contexts, "failure")).toBe(false);
  expect(condition("always()", contexts, "failure")).toBe(true);
  expect(condition("inputs.publish", contexts, "success")).toBe(false);
});

test("what is not known is an error, never an empty value", () => {
  for (const text of ["secrets.X", "hashFiles('x')", "github.ref_name ==", "a b", "1 + 1"]) {
    expect(() => evaluate(text, contexts)).toThrow(/^expression /);
  }
});
