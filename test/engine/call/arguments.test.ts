import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { call, fixture, result, scratch, start } from "./called";

writeFileSync(join(scratch, "body.txt"), "body\n");
writeFileSync(join(scratch, "more.txt"), "more\n");
mkdirSync(join(scratch, "dir"), { recursive: true });
writeFileSync(join(scratch, "dir/kept"), "");
writeFileSync(join(scratch, "dir/left.skip"), "");

describe("plain values", () => {
  test("strings, integers, booleans and what is left out", () => {
    expect(result("echo", "--text", "hi", "--times=2", "--loud", "--suffix=!")).toBe("HELLO HI!\nHELLO HI!");
    expect(result("echo", "--text=hi", "--loud=false")).toBe("hello hi");
  });
  test("lists, repeated and with commas; floats", () => {
    expect(result("sum", "--ints=1,2", "--ints", "3", "--factor=2")).toBe("12");
    expect(result("join", "--words=a", '--words="b,c"', "--flags=true,false")).toBe("a|b,c true|false");
    expect(result("half", "--value=2.5")).toBe("1.25");
  });
  test("enums arrive with the code's value and leave with the member's name", () => {
    expect(result("level")).toBe("low");
    expect(result("level", "--level=very_high")).toBe("very-high");
    expect(result("raise", "--level=low")).toBe("VERY_HIGH");
    expect(result("levels", "--levels=LOW,very_high")).toBe("low very-high");
  });
  test("null where the code says null; a scalar of the engine", () => {
    expect(result("nullable")).toBe("null");
    expect(result("platform", "--platform=linux/arm64")).toBe("linux/arm64");
  });
  test("the constructor's flags", () => {
    expect(result("--greeting=bye", "echo", "--text=now")).toBe("bye now");
  });
});

describe("files and directories", () => {
  test("paths from the working directory and from the root; lists of files", () => {
    expect(result("read", "--file=body.txt")).toBe("body\n");
    expect(result("read", `--file=${join(scratch, "more.txt")}`)).toBe("more\n");
    expect(result("read-all", "--files=body.txt,more.txt")).toBe("body\nmore\n");
  });
  test("an argument's own ignore", () => {
    expect(result("list", "--dir=dir")).toBe("kept\n");
  });
  test("default paths and their ignore, and a flag in their place", () => {
    expect(result("entries")).toBe("nested/\nnote.txt\n");
    expect(result("tree", "glob", "--pattern=data/nested/**")).toBe("data/nested/n.txt\n");
    expect(result("read-note")).toBe("a note\n");
    expect(result("--data=dir", "--note=body.txt", "read-note")).toBe("body\n");
  });
  test("a path that is not there is named with its flag", () => {
    const run = call(["read", "--file=nowhere.txt"]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toStartWith("Error: --file=nowhere.txt: ");
  });
});

describe("secrets", () => {
  test("from the environment, a file and a command", () => {
    const run = call(["secret-length", "--secret=env://CALL_TEST"], { env: { CALL_TEST: "four" } });
    expect(run).toMatchObject({ code: 0, stdout: "4" });
    expect(result("secret-length", "--secret=file://body.txt")).toBe("5");
    expect(result("secret-length", "--secret=cmd:printf 1234567")).toBe("7");
  });
  test("a variable that is not set", () => {
    const run = call(["secret-length", "--secret=env://CALL_TEST_ABSENT"]);
    expect(run.code).toBe(1);
    expect(run.stderr).toStartWith(
      "Error: secret-length: --secret: there is no environment variable CALL_TEST_ABSENT\n",
    );
  });
});

describe("other objects", () => {
  test("a container by reference and by default address", () => {
    expect(result("system", "--container=ubuntu:24.04")).not.toBe("");
    expect(result("base")).toMatch(/^linux\//);
  });
  test("a service on the host", async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    const run = await start(["reach", `--service=tcp://127.0.0.1:${port}`]).ended;
    server.close();
    expect(run.stderr).toBe("");
    expect(run.stdout).not.toBe("");
  });
  test("the module's own repository and its head", () => {
    const head = () => spawnSync("git", ["rev-parse", "HEAD"], { cwd: fixture, encoding: "utf8" }).stdout.trim();
    const before = head();
    const seen = result("commit");
    expect([before, head()]).toContain(seen);
  });
});
