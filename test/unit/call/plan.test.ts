import { describe, expect, test } from "bun:test";
import { callable, type Plan, plan } from "../../../local/call/plan";
import { api, core } from "./module";

function planned(...words: string[]): Plan {
  const result = plan(words, api, core);
  if ("needsCore" in result) throw new Error("expected a plan");
  return result;
}
const chain = (result: Plan) => result.steps.map((step) => `${step.on.name}.${step.fn.name}`);
const mistake =
  (...words: string[]) =>
  () =>
    plan(words, api, core);

test("the constructor's flags stand before the first function", () => {
  const result = planned("--greeting=hi", "echo", "--text", "x");
  expect(result.constructorValues.get("greeting")).toBe("hi");
  expect(result.steps[0]?.values.get("text")).toBe("x");
});

test("a chain goes on in what a function gives, in the module and in the engine's own API", () => {
  expect(chain(planned("report", "--title=x", "shout", "--mark=!"))).toEqual(["Main.report", "Report.shout"]);
  const files = planned("tree", "with-new-file", "--path=a", "--contents=b", "entries");
  expect(chain(files)).toEqual(["Main.tree", "Directory.withNewFile", "Directory.entries"]);
  expect(files.returns).toEqual({ kind: "list", element: { kind: "string" } });
});

test("without the engine's API a plan says that it needs it, and only then", () => {
  expect(plan(["tree", "entries"], api, undefined)).toEqual({ needsCore: true });
  expect(plan(["tree"], api, undefined)).toHaveProperty("steps");
});

test("-o and --help count wherever they stand", () => {
  expect(planned("tree", "-o", "x").globals.output).toBe("x");
  expect(planned("-o", "x", "tree").globals.output).toBe("x");
  expect(planned("echo", "--help").globals.help).toBe(true);
  expect(planned("--help", "echo").steps).toHaveLength(1);
});

describe("mistakes", () => {
  test("an unknown function, at the start and in a chain", () => {
    expect(mistake("ehco")).toThrow(
      'unknown function "ehco". Did you mean "echo"? functions: echo, report, sum-up, tree',
    );
    expect(mistake("tree", "entris")).toThrow(/"entris" after tree, which gives a Directory. Did you mean "entries"/);
  });
  test("a flag before the function that has it", () => {
    expect(mistake("--text=a", "echo")).toThrow("unknown flag --text here: it belongs behind echo");
    expect(mistake("--txt=a", "echo")).toThrow(/^unknown flag --txt \(/);
    expect(mistake("--text=a")).toThrow(/^unknown flag --text \(/);
  });
  test("all required flags that are missing, in one message", () => {
    expect(mistake("tree", "with-new-file")).toThrow(
      "tree with-new-file: required flags not set: --path=STRING, --contents=STRING",
    );
  });
  test("a word after a result that has no functions", () => {
    expect(mistake("echo", "--text=a", "b")).toThrow('unexpected "b": echo gives a string');
  });
  test("a terminal", () => {
    expect(mistake("tree", "terminal")).toThrow("needs the Dagger CLI itself: dagger call tree terminal");
  });
});

test("a function with a required argument that no flag can stand for is not offered", () => {
  const main = api.objects[0];
  if (!main) throw new Error("no main object");
  expect(callable(main).map((each) => each.name)).not.toContain("needsReport");
});
