import { expect, test } from "bun:test";
import { ProgressLines, shownLine } from "../../../local/call/progress-line";

test("what is run, what it prints and how long it took is shown", () => {
  expect(shownLine("190 : withExec sh -c true")).toBe("withExec sh -c true");
  expect(shownLine("190 : [1.5s] | == checksums")).toBe("[1.5s] | == checksums");
  expect(shownLine("190 : Container.withExec DONE [5.1s]")).toBe("Container.withExec DONE [5.1s]");
  expect(shownLine("12  : ┆ Container.withExec ERROR [0.1s]")).toBe("Container.withExec ERROR [0.1s]");
});

test("what the engine does for itself is not", () => {
  for (const line of [
    '13  : ┆ Host.directory(path: "/x"): Directory!',
    '22  : ┆ ┆ contents: "#!/bin/sh\\n"',
    "70  : remotes.docker.resolver.HTTPRequest DONE [0.0s]",
    "2   : ┆ [0.0s] | cloud url=https://dagger.cloud/traces/setup",
    "4   : ┆ ┆ [0.0s] | 19:04:58 INF connected name=vm client-version=v0.21.8",
    "",
  ]) {
    expect(shownLine(line)).toBeUndefined();
  }
});

test("a line of any length is cut, and colours do not hide what it is", () => {
  expect(shownLine(`1 : [0.1s] | ${"x".repeat(9999)}`)?.length).toBe(201);
  expect(shownLine("\u001b[95m7   : \u001b[0m\u001b[90m[0.4s] \u001b[0m\u001b[90m|\u001b[0m hello")).toBe(
    "[0.4s] | hello",
  );
});

test("pieces of a stream are put together", () => {
  const lines = new ProgressLines();
  expect(lines.take("1 : withEx")).toBe("");
  expect(lines.take("ec ls\n2 : x\n3 : [1s] | a\n4")).toBe("withExec ls\n[1s] | a\n");
});
