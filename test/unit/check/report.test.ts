import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { jsonReport, passOrThrow, report, sarifReport, textReport } from "../../../.dagger/src/check/report.js";
import { ReportFormat } from "../../../.dagger/src/check/report-format.js";
import { HegemonikonError, type Problem } from "../../../.dagger/src/errors.js";
import { change, VALID_NODE, workspace } from "./valid.js";

// A busy machine takes longer than the usual 5 s.
setDefaultTimeout(120_000);

const files = workspace({
  "nodes/demo/node.yaml": change(change(VALID_NODE, "arch: amd64", "arch: x86"), "medium: 2GiB", "medium: 5GiB"),
});
const { problems } = checkWorkspace(files);

test("the text shows file, place, line, found, expected and why", () => {
  expect(textReport(problems, files)).toBe(`nodes/demo/node.yaml

  error arch is not one of the known values [node/schema]
    at nodes/demo/node.yaml:5:7
    5 | arch: x86
      |       ^^^
    found:    "x86"
    expected: one of "amd64", "arm64"

  warning The medium may be larger than the image it is made from [node/medium-within-image]
    at nodes/demo/node.yaml:22:11
    22 |   medium: 5GiB
       |           ^^^^
    found:    medium 5GiB, image 4GiB
    expected: at most 4GiB
    why:      a medium holds the same files compressed, so a larger budget for it can never be met or exceeded by mistake

1 error, 1 warning in 1 file
`);
  expect(textReport([], files)).toBe("No problems found\n");
});

test("text from a file cannot steer the terminal, and colours come only when asked for", () => {
  const hostile: Problem = {
    file: "nodes/\u001b[2Jx",
    rule: "x/y",
    severity: "error",
    message: "\u001b]0;title\u0007",
    found: "a\r\nb\u202e",
    span: { line: 1, column: 1, endLine: 1, endColumn: 2 },
  };
  const hostileFiles = [
    { path: hostile.file, kind: "file" as const, bytes: new TextEncoder().encode("\u001b[31mred\n") },
  ];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(textReport([hostile], hostileFiles)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(textReport(problems, files, { color: true })).toContain("\u001b[31merror");
});

test("a long line is cut around the place, and the mark stays below it", () => {
  const line = `${"x".repeat(300)}HERE${"y".repeat(300)}`;
  const text = textReport(
    [
      {
        file: "f",
        rule: "a/b",
        severity: "error",
        message: "m",
        span: { line: 1, column: 301, endLine: 1, endColumn: 305 },
      },
    ],
    [{ path: "f", kind: "file", bytes: new TextEncoder().encode(line) }],
  );
  const [, shown = "", marks = ""] = /\n( *1 \| .*)\n(.*)\n/.exec(text) ?? [];
  expect(shown.length).toBeLessThan(120);
  expect(shown.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe("HERE");
});

test("the JSON has the documented shape", () => {
  expect(JSON.parse(jsonReport(problems))).toEqual({
    version: 1,
    summary: { errors: 1, warnings: 1, files: 1 },
    problems: [
      {
        file: "nodes/demo/node.yaml",
        span: { line: 5, column: 7, endLine: 5, endColumn: 10 },
        rule: "node/schema",
        severity: "error",
        message: "arch is not one of the known values",
        found: '"x86"',
        expected: 'one of "amd64", "arm64"',
      },
      {
        file: "nodes/demo/node.yaml",
        span: { line: 22, column: 11, endLine: 22, endColumn: 15 },
        rule: "node/medium-within-image",
        severity: "warning",
        message: "The medium may be larger than the image it is made from",
        found: "medium 5GiB, image 4GiB",
        expected: "at most 4GiB",
        reason: expect.any(String),
      },
    ],
  });
});

describe("SARIF 2.1.0", () => {
  type Region = { startLine: number; startColumn?: number; endLine?: number; endColumn?: number };
  type Result = {
    ruleId: string;
    ruleIndex: number;
    level: string;
    message: { text: string };
    locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region: Region } }[];
    partialFingerprints: { [name: string]: string };
  };
  type Log = {
    $schema: string;
    version: string;
    runs: { tool: { driver: { name: string; rules: { id: string }[] } }; columnKind: string; results: Result[] }[];
  };
  const all = [
    ...problems,
    { file: "nodes/ü x/a.yaml", rule: "node/missing-file", severity: "error", message: "no place" } as Problem,
    { file: "nodes/ü x/a.yaml", rule: "node/missing-file", severity: "error", message: "no place" } as Problem,
  ];
  const log = JSON.parse(sarifReport(all)) as Log;
  const run = log.runs[0];

  test("has what the standard requires of a log, a run and a rule", () => {
    expect(log.version).toBe("2.1.0");
    expect(log.$schema).toContain("sarif-2.1.0");
    expect(run?.tool.driver.name).toBe("hegemonikon check");
    expect(run?.columnKind).toBe("utf16CodeUnits");
    expect(new Set(run?.tool.driver.rules.map(({ id }) => id)).size).toBe(run?.tool.driver.rules.length ?? -1);
    expect(run?.results).toHaveLength(all.length);
  });
  test("each result names its rule, its level and one place that GitHub can show", () => {
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(["error", "warning"]).toContain(result.level);
      expect(result.message.text).not.toBe("");
      const { artifactLocation, region } = result.locations[0]?.physicalLocation ?? {
        artifactLocation: { uri: " " },
        region: { startLine: 0 },
      };
      expect(() => new URL(artifactLocation.uri, "file:///")).not.toThrow();
      expect(artifactLocation.uri).not.toMatch(/[\s\\]|^\//);
      expect(region.startLine).toBeGreaterThan(0);
      if (region.endColumn !== undefined && region.endLine === region.startLine) {
        expect(region.endColumn).toBeGreaterThan(region.startColumn ?? 0);
      }
    }
  });
  test("fingerprints tell results apart, and outlive lines that move", () => {
    const prints = run?.results.map((result) => result.partialFingerprints["hegemonikon/v1"]) ?? [];
    expect(new Set(prints).size).toBe(prints.length);
    const moved = JSON.parse(
      sarifReport(
        problems.map((p) =>
          p.span ? { ...p, span: { ...p.span, line: p.span.line + 7, endLine: p.span.endLine + 7 } } : p,
        ),
      ),
    ) as Log;
    const before = JSON.parse(sarifReport(problems)) as Log;
    expect(moved.runs[0]?.results.map((r) => r.partialFingerprints)).toEqual(
      before.runs[0]?.results.map((r) => r.partialFingerprints) ?? [],
    );
  });
});

test("report has each form", () => {
  expect(report(ReportFormat.Sarif, [], [])).toBe(sarifReport([]));
  expect(report(ReportFormat.Json, [], [])).toBe(jsonReport([]));
});

test("only errors fail a check, and the error holds the report", () => {
  const warnings = problems.filter(({ severity }) => severity === "warning");
  expect(passOrThrow(warnings, files)).toContain("0 errors, 1 warning");
  expect(() => passOrThrow(problems, files)).toThrow(HegemonikonError);
  expect(() => passOrThrow(problems, files)).toThrow("at nodes/demo/node.yaml:5:7");
});
