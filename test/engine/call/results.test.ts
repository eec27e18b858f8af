import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, result, scratch } from "./called";

const out = (name: string) => join(scratch, "out", name);

describe("chains", () => {
  test("into the engine's own API, with its arguments", () => {
    expect(result("tree", "entries")).toBe("a.txt\ndata/\nsub/\n");
    expect(result("tree", "file", "--path=sub/b.txt", "contents")).toBe("B\n");
    const made = result("scratch", "with-new-file", "--path=/x", "--contents=y z", "file", "--path=/x", "contents");
    expect(made).toBe("y z");
  });
  test("an object of the engine as an argument there", () => {
    const words = ["tree", "with-directory", "--path=copy", "--source=.", "--include=none", "entries"];
    expect(result(...words)).toContain("copy/\n");
  });
  test("a command in a container", () => {
    const words = ["scratch", "from", "--address=ubuntu:24.04", "with-exec", "--args=echo,a b", "stdout"];
    expect(result(...words)).toBe("a b\n");
  });
  test("through the module's own objects, single and in lists", () => {
    expect(result("report", "--title=t", "title")).toBe("t");
    expect(result("report", "file", "contents")).toBe("leaf\n");
    expect(result("reports", "shout", "--mark=?")).toBe("one?\ntwo?\n");
    expect(result("leaves", "contents")).toBe("one\n\ntwo\n\n");
  });
  test("a function that the engine's objects do not have", () => {
    const run = call(["tree", "entris"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('Did you mean "entries"?');
  });
  test("their help", () => {
    const run = call(["tree", "with-new-file", "--help"]);
    expect(run.stdout).toContain("--contents string");
    expect(run.stdout).toContain("[required]");
    expect(run.stderr).toBe("");
  });
});

describe("results", () => {
  test("objects are evaluated and named", () => {
    expect(result("tree")).toMatch(/^Directory@xxh3:[0-9a-f]{16}\n$/);
    expect(result("scratch")).toMatch(/^Container@xxh3:/);
    expect(result("leaves")).toMatch(/^- File@xxh3:\w+\n- File@xxh3:\w+\n$/);
    expect(result("report")).toMatch(/^Report@xxh3:/);
    expect(result("nothing")).toBe("");
  });
  test("as JSON", () => {
    expect(result("--json", "entries")).toBe('[\n    "nested/",\n    "note.txt"\n]\n');
    expect(result("sum", "--ints=4", "-j")).toBe("4\n");
  });
  test("a call that is done soon says nothing but its result", () => {
    expect(call(["greeting"])).toEqual({ code: 0, stdout: "hello", stderr: "" });
  });
  test("a longer one shows progress, on stderr only, and --silent none", () => {
    const soon = { env: { HEGEMONIKON_QUIET_MS: "1" } };
    const script = `--script=sleep 1; echo step ${Date.now()}`; // run anew each time: what is cached prints nothing
    const slow = call(["exec", "--image=ubuntu:24.04", script], soon);
    expect(slow.stdout).toMatch(/^step \d+\n$/);
    expect(slow.stderr).toContain("withExec sh -c");
    expect(slow.stderr).toMatch(/\| step \d+\n/);
    expect(slow.stderr).not.toContain("Container!");
    expect(call(["--silent", "wait", "--seconds=1"], soon)).toEqual({ code: 0, stdout: "waited 1 s\n", stderr: "" });
  });
});

describe("-o", () => {
  test("a directory, a file, a container", () => {
    const tree = call(["tree", "-o", out("tree")]);
    expect(tree).toMatchObject({ code: 0, stdout: "" });
    expect(tree.stderr).toContain(`Saved to "${out("tree")}".`);
    expect(readFileSync(out("tree/sub/b.txt"), "utf8")).toBe("B\n");
    expect(existsSync(out("tree/data/x.skip"))).toBe(false);
    expect(call(["leaf", "--output", out("leaf.txt")]).code).toBe(0);
    expect(readFileSync(out("leaf.txt"), "utf8")).toBe("leaf\n");
    expect(call(["scratch", `-o=${out("image.tar")}`]).code).toBe(0);
    expect(readFileSync(out("image.tar")).subarray(257, 262).toString()).toBe("ustar");
  });
  test("a path from the working directory", () => {
    expect(call(["leaf", "-o", "here.txt"]).code).toBe(0);
    expect(readFileSync(join(scratch, "here.txt"), "utf8")).toBe("leaf\n");
  });
  test("a text, printed and saved; JSON where asked", () => {
    const run = call(["echo", "--text=x", "-o", out("deep/er/text")]);
    expect(run.stdout).toBe("hello x");
    expect(run.stderr).toBe(`Saved output to "${out("deep/er/text")}".\n`);
    expect(readFileSync(out("deep/er/text"), "utf8")).toBe("hello x");
    expect(call(["sum", "--ints=1", "-jo", out("sum.json")]).code).toBe(0);
    expect(readFileSync(out("sum.json"), "utf8")).toBe("1\n");
  });
  test("export in a chain does the same", () => {
    expect(result("tree", "export", `--path=${out("tree2")}`)).toBe(out("tree2"));
    expect(readFileSync(out("tree2/a.txt"), "utf8")).toBe("A\n");
  });
  test("a place that cannot be written", () => {
    const run = call(["echo", "--text=x", "-o", "/proc/nothing/here"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("couldn't write output to file");
  });
});
