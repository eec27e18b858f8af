import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { firstInvalidByte, MAX_YAML_BYTES } from "../../../.dagger/src/yaml/decode.js";
import { MAX_DEPTH } from "../../../.dagger/src/yaml/depth.js";
import { nearest, suggestion } from "../../../.dagger/src/yaml/nearest.js";
import { parseYaml } from "../../../.dagger/src/yaml/parse.js";

// A busy machine takes longer than the usual 5 s.
setDefaultTimeout(120_000);

/** `line:column rule` of each problem. */
function problems(input: string | Uint8Array): string[] {
  return parseYaml("x.yaml", input).problems.map(
    ({ span, rule }) => `${span ? `${span.line}:${span.column} ` : ""}${rule}`,
  );
}

describe("what parsers disagree about is refused, with its place", () => {
  const cases: [what: string, text: string | Uint8Array, expected: string[]][] = [
    ["plain YAML", "a: 1\nb: [x, y]\n", []],
    ["Windows line ends", "a: 1\r\nb: 2\r\n", []],
    ["an anchor and its alias", "a: &x 1\nb: *x\n", ["1:4 yaml/anchor", "2:4 yaml/alias"]],
    ["an alias without its anchor", "a: *x\n", ["1:4 yaml/alias"]],
    ["a merge key", "a:\n  <<: {b: 1}\n", ["2:3 yaml/merge-key"]],
    ["a duplicate key", "a: 1\nb: 2\na: 3\n", ["3:1 yaml/duplicate-key"]],
    ["a duplicate key further in", "x:\n  - a: 1\n    a: 2\n", ["3:5 yaml/duplicate-key"]],
    ["duplicates of one text", "1: a\n'1': b\n", ["2:1 yaml/duplicate-key"]],
    ["a tab as indentation", "a:\n\tb: 1\n", ["2:1 yaml/tab"]],
    ["two documents", "a: 1\n---\nb: 2\n", ["2:1 yaml/multiple-documents"]],
    ["a tag", "a: !!str 1\n", ["1:10 yaml/tag"]],
    ["a tag of one's own", "a: !secret x\n", ["1:4 yaml/tag"]],
    ["a directive", "%YAML 1.1\n---\na: yes\n", ["1:1 yaml/directive"]],
    ["a list as key", "? [a]\n: 1\n", ["1:3 yaml/key"]],
    ["an open bracket", "a: [1\nb: 2\n", ["2:1 yaml/syntax"]],
    ["an open quote", 'a: "x\n', ["2:1 yaml/syntax"]],
    ["nothing", "", ["yaml/empty"]],
    ["white space", " \n\n", ["yaml/empty"]],
    ["a comment", "# nothing here\n", ["yaml/empty"]],
    ["an empty document", "---\n...\n", ["yaml/empty"]],
    ["a NUL byte", new Uint8Array([0x61, 0, 0x62]), ["yaml/binary"]],
    ["a control character", "a: b\u0007\n", ["1:5 yaml/control-character"]],
    ["a character that turns the direction of writing", "a: b # x\u202e\n", ["1:9 yaml/control-character"]],
    ["one that isolates it", "a: \u2066b\n", ["1:4 yaml/control-character"]],
    ["an escape sequence", "a: 1\nb: \u001b[31m\n", ["2:4 yaml/control-character"]],
    ["a byte order mark", new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), ["1:1 yaml/bom"]],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0]), ["yaml/encoding"]],
    ["Latin-1", new Uint8Array([0x61, 0x0a, 0x62, 0x3a, 0x20, 0xe9, 0x0a]), ["2:4 yaml/encoding"]],
    ["10 MB", new Uint8Array(10_000_000).fill(0x61), ["yaml/too-large"]],
    ["100 000 brackets", "[".repeat(100_000), ["1:65 yaml/too-deep"]],
    ["100 000 dashes", "- ".repeat(100_000), ["1:129 yaml/too-deep"]],
    [
      "300 levels of mappings",
      Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      ["66:66 yaml/too-deep"],
    ],
    ["brackets in a comment", `a: 1 # ${"[".repeat(200)}\n`, []],
  ];
  for (const [what, text, expected] of cases) {
    test(`${what}: ${expected.join(", ") || "fine"}`, () => {
      expect(problems(text)).toEqual(expected);
      if (expected.some((rule) => !rule.endsWith("duplicate-key"))) expect(parseYaml("x", text).value).toBeUndefined();
    });
  }

  test.each([
    ["role: a: b\n", "A second key in one line", 'quotes around a text that holds ": "'],
    [
      "hostname: {{ trunc 4 .MachineID }}\n",
      "A template without quotes",
      'quotes around the whole text: "{{ trunc 4 .MachineID }}"',
    ],
    ["? [a]\n: 1\n", "A key is not a plain text", "a text as the key"],
  ])("%j: %s", (text, message, expected) => {
    expect(parseYaml("x", text).problems).toMatchObject([{ message, expected }]);
  });

  test("the deepest that is allowed can be read", () => {
    const text = `${"[".repeat(MAX_DEPTH)}${"]".repeat(MAX_DEPTH)}`;
    expect(parseYaml("x", text).problems).toEqual([]);
  });

  test("the largest that is allowed can be read, and quickly", () => {
    const line = "key: value # and some words\n";
    const text = Array.from({ length: 8000 }, (_, i) => `${i}${line}`)
      .join("")
      .slice(0, MAX_YAML_BYTES);
    const start = performance.now();
    expect(parseYaml("x", text.slice(0, text.lastIndexOf("\n"))).problems).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe("positions", () => {
  const yaml = parseYaml("x", "a:\n  - b: 1\n    c:\nd: x\n");
  test("of values and keys", () => {
    expect(yaml.span(["a", 0, "b"])).toEqual({ line: 2, column: 8, endLine: 2, endColumn: 9 });
    expect(yaml.keySpan(["a", 0, "b"])).toEqual({ line: 2, column: 5, endLine: 2, endColumn: 6 });
    expect(yaml.span(["d"])).toEqual({ line: 4, column: 4, endLine: 4, endColumn: 5 });
  });
  test("an empty value stands where its key does", () => {
    expect(yaml.span(["a", 0, "c"])).toEqual({ line: 3, column: 5, endLine: 3, endColumn: 6 });
  });
  test("a missing value stands where the nearest part of its path does", () => {
    expect(yaml.span(["a", 0, "zz"])?.line).toBe(2);
    expect(yaml.span(["q"])?.line).toBe(1);
  });
  test("a key of the prototype is a key like any other", () => {
    expect(JSON.stringify(parseYaml("x", "__proto__: {a: 1}\n").value)).toBe('{"__proto__":{"a":1}}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});

describe("for any input", () => {
  const yamlish = fc
    .array(
      fc.constantFrom(
        "a",
        "b: ",
        "- ",
        "\n",
        "  ",
        "\t",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "#",
        "&x",
        "*x",
        "<<: ",
        "!t ",
        "|",
        ">",
        '"',
        "'",
        "?",
        "%",
        "---",
        "…",
        "\r\n",
        "@",
        "`",
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(""));
  const holds = (input: string | Uint8Array) => {
    const { value, problems: found, text, span } = parseYaml("x.yaml", input);
    if (value === undefined) expect(found.length).toBeGreaterThan(0);
    const lines = text.split("\n").length;
    for (const problem of found) {
      expect(problem.file).toBe("x.yaml");
      expect(problem.rule).toStartWith("yaml/");
      if (!problem.span) continue;
      expect(problem.span.line).toBeGreaterThan(0);
      expect(problem.span.column).toBeGreaterThan(0);
      if (text !== "") expect(problem.span.endLine).toBeLessThanOrEqual(lines + 1);
    }
    span(["a", 0, "b"]);
  };
  test("any text is read or refused", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), holds), { numRuns: 500 });
  });
  test("anything that looks like YAML is read or refused", () => {
    fc.assert(fc.property(yamlish, holds), { numRuns: 2000 });
  });
  test("any bytes are read or refused", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), holds), { numRuns: 1000 });
  });
  test("what is not UTF-8 is what the platform's own decoder refuses", () => {
    const bytes = fc.array(
      fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xc0, 0xe0, 0xa0, 0xed, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(bytes, (list) => {
        const input = new Uint8Array(list);
        let valid = true;
        try {
          new TextDecoder("utf-8", { fatal: true }).decode(input);
        } catch {
          valid = false;
        }
        expect(firstInvalidByte(input) === -1).toBe(valid);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the nearest known name", () => {
  const known = ["packages", "model", "models", "medium", "ssh_authorized_keys"];
  test("of a slip", () => {
    expect(nearest("pakages", known)).toBe("packages");
    expect(nearest("modle", known)).toBe("model");
    expect(nearest("sshAuthorizedKeys", known)).toBe("ssh_authorized_keys");
    expect(nearest("PACKAGES", known)).toBe("packages");
  });
  test("of something else: none, and the list instead", () => {
    expect(nearest("kernel", known)).toBeUndefined();
    expect(suggestion("kernel", known)).toBe(`one of ${known.join(", ")}`);
    expect(suggestion("x", [])).toBeUndefined();
  });
});
