import { expect, test } from "bun:test";
import { describe as failureOf } from "../../../local/call/failure";
import { Bare, chainQuery, literal, unwrap } from "../../../local/call/graphql";
import { help, wrap } from "../../../local/call/help";
import { rendered } from "../../../local/call/output";
import { UsageError } from "../../../local/call/usage";
import { api, core } from "./module";

const program = "./hegemonikon";

test("the help of the module: functions with the first line of their docstring, the constructor's flags", () => {
  const main = { kind: "object" as const, name: "Main" };
  const constructorArgs = api.main?.constructor ?? [];
  const subject = { program, path: [], constructorArgs, returns: main, description: "The main class." };
  const text = help(subject, [api], 79);
  expect(text).toStartWith("The main class.\n\nUSAGE\n  ./hegemonikon [options] <function>\n");
  expect(text).toContain("  sum-up      Does sumUp.\n");
  expect(text).not.toContain("At length");
  expect(text).toContain('--greeting string   (default "hello")');
  expect(text).toContain("-o, --output string");
});

test("the help of a function: the whole docstring, required flags first, types, defaults and values", () => {
  const fn = api.objects[0]?.functions.find((each) => each.name === "sumUp");
  if (!fn) throw new Error("no such function");
  const subject = {
    program,
    path: ["sum-up"],
    fn,
    constructorArgs: [],
    returns: fn.returns,
    description: fn.description,
  };
  expect(help(subject, [api], 79)).toBe(`Does sumUp.

At length.

USAGE
  ./hegemonikon sum-up [arguments]

ARGUMENTS
      --ints ints             [required]
      --level low,very_high   (default low)
`);
});

test("what can follow is listed once the engine's API is known", () => {
  const fn = api.objects[0]?.functions.find((each) => each.name === "tree");
  if (!fn) throw new Error("no such function");
  const subject = { program, path: ["tree"], fn, constructorArgs: [], returns: fn.returns, description: "" };
  expect(help(subject, [api, core])).toContain("  with-new-file   Does withNewFile.");
  expect(help(subject, [api])).toContain("It gives a Directory; its functions are listed once an engine");
  expect(help(subject, [api])).toContain('--from Directory   (default "/nodes")');
});

test("no line of help is wider than asked, but for words that are", () => {
  expect(wrap("aa bb cc\n\ndd", 5)).toEqual(["aa bb", "cc", "", "dd"]);
  expect(wrap("abcdefgh", 3)).toEqual(["abcdefgh"]);
});

test("the lines of a paragraph are one text; lists, examples and what is indented are not", () => {
  expect(wrap("one two\nthree four\n\nfive\n- six\n- seven\n  eight\nExample: nine", 14)).toEqual([
    "one two three",
    "four",
    "",
    "five",
    "- six",
    "- seven",
    "  eight",
    "Example: nine",
  ]);
});

test("an example is shown as it is called here", () => {
  const description = "Builds.\n\nExample: dagger call build -o dist";
  const text = help({ program, path: ["build"], constructorArgs: [], returns: { kind: "string" }, description }, [api]);
  expect(text).toStartWith("Builds.\n\nExample: ./hegemonikon build -o dist\n");
});

test("results are printed as dagger call prints them", () => {
  const data = (value: unknown, json = false) => rendered({ kind: "data", data: value }, json);
  expect(data("text")).toBe("text");
  expect(data(["a", "b"])).toBe("a\nb\n");
  expect(data(6)).toBe("6");
  expect(data(["<a>"], true)).toBe('[\n    "<a>"\n]\n');
  expect(rendered({ kind: "void" }, true)).toBe("");
  expect(rendered({ kind: "objects", type: "File", ids: ["x"], list: false }, false)).toMatch(
    /^File@xxh3:[0-9a-f]{16}\n$/,
  );
  expect(rendered({ kind: "objects", type: "File", ids: ["x", "y"], list: true }, false)).toMatch(
    /^- File@xxh3:\w+\n- File@xxh3:\w+\n$/,
  );
});

test("a query follows the chain, with literals as GraphQL has them", () => {
  const chain = [
    { field: "withExec", args: [["args", ['say "hi"']] as [string, unknown]] },
    { field: "stdout", args: [] },
  ];
  expect(chainQuery("ID", "Container", chain)).toBe(
    '{ node(id: "ID") { ... on Container { withExec(args: ["say \\"hi\\""]) { stdout } } } }',
  );
  expect(literal({ a: [1, true, new Bare("TCP")], b: { c: 1.5 } })).toBe("{a: [1, true, TCP], b: {c: 1.5}}");
});

test("the answer's last field is the result; lists on the way become one", () => {
  expect(unwrap({ node: { withExec: { stdout: "x" } } }, 3)).toBe("x");
  expect(unwrap({ node: { files: [{ name: "a" }, { name: "b" }] } }, 3)).toEqual(["a", "b"]);
  expect(unwrap({ node: { entries: ["a"] } }, 2)).toEqual(["a"]);
});

test("a failed command gives its exit code and the end of its output", () => {
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i + 1}`).join("\n");
  const error = Object.assign(new Error("exit code: 3"), { name: "ExecError", exitCode: 3, stdout: "", stderr: lines });
  const failure = failureOf(error, program, undefined);
  expect(failure.code).toBe(3);
  expect(failure.message).toStartWith("Error: exit code: 3\nStderr:\n(10 lines before)\nline 11\n");
  expect(failure.message).not.toContain("Stdout");
});

test("other errors end with 1; a mistake names the help that serves", () => {
  expect(failureOf(new Error("a\nb"), program, undefined)).toEqual({ message: "Error: a\nb\n", code: 1 });
  expect(failureOf(new UsageError("bad", ["build"]), program, undefined).message).toBe(
    "Error: bad\nRun './hegemonikon build --help' for usage.\n",
  );
  expect(failureOf(new Error("x"), program, "the connection to it broke").message).toContain("run it again");
});
