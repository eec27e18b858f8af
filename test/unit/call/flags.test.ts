import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { csv } from "../../../local/call/csv";
import { findMod, noGlobals, parseSegment } from "../../../local/call/flags";
import type { Arg } from "../../../local/call/model";
import { UsageError } from "../../../local/call/usage";
import { isSupported } from "../../../local/call/value";
import { api, arg, bool, int, level, list, object, string } from "./module";

function parse(words: string[], ...args: Arg[]) {
  const globals = noGlobals();
  const { values, rest } = parseSegment(words, args, [api], globals, ["fn"]);
  return { values: Object.fromEntries(values), rest, globals };
}
function mistake(words: string[], ...args: Arg[]): string {
  try {
    parse(words, ...args);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error("expected a mistake");
}

describe("the forms of a flag", () => {
  test("with = and with a space, up to the next function", () => {
    const { values, rest } = parse(["--a=1", "--b", "-2", "next", "--a=3"], arg("a", int), arg("b", int));
    expect(values).toEqual({ a: 1, b: -2 });
    expect(rest).toEqual(["next", "--a=3"]);
  });
  test("the name in the code serves as well", () => {
    expect(parse(["--someText=x"], arg("someText", string)).values).toEqual({ "some-text": "x" });
    expect(parse(["--some-text=x=y"], arg("someText", string)).values).toEqual({ "some-text": "x=y" });
  });
  test("a boolean needs no value and takes none after a space", () => {
    expect(parse(["--x", "false"], arg("x", bool))).toMatchObject({ values: { x: true }, rest: ["false"] });
    expect(parse(["--x=false", "--y=T"], arg("x", bool), arg("y", bool)).values).toEqual({ x: false, y: true });
  });
  test("the last of repeated values counts; repeated lists add up", () => {
    expect(parse(["--a=1", "--a=2"], arg("a", int)).values).toEqual({ a: 2 });
    expect(parse(["--l=1,2", "--l", "3"], arg("l", list(int))).values).toEqual({ l: [1, 2, 3] });
  });
  test("words of a list may hold commas in quotes, and spaces", () => {
    expect(parse(['--l=a b,"c,d"', "--l="], arg("l", list(string))).values).toEqual({ l: ["a b", "c,d"] });
  });
  test("enums in any case, alone and in lists", () => {
    expect(parse(["--l=low"], arg("l", level)).values).toEqual({ l: "LOW" });
    expect(parse(["--l=Low, very_high"], arg("l", list(level))).values).toEqual({ l: ["LOW", "VERY_HIGH"] });
  });
  test("integers as Go reads them, floats, and the limits of GraphQL's Int", () => {
    expect(parse(["--a=0x10", "--b=-5"], arg("a", int), arg("b", int)).values).toEqual({ a: 16, b: -5 });
    expect(parse(["--f=-.5e1"], arg("f", { kind: "float" })).values).toEqual({ f: -5 });
    expect(mistake(["--a=99999999999"], arg("a", int))).toContain("expected an integer");
  });
  test("-- ends the flags", () => {
    expect(parse(["--a=1", "--", "--a=2"], arg("a", int)).rest).toEqual(["--a=2"]);
  });
  test("objects keep their address, ports and build arguments become fields", () => {
    expect(parse(["--d=./x"], arg("d", object("Directory"))).values).toEqual({ d: "./x" });
    const port = arg("p", list({ kind: "input", name: "PortForward" }));
    expect(parse(["--p=80:8080"], port).values).toEqual({ p: [{ frontend: 80, backend: 8080 }] });
    const build = arg("b", { kind: "input", name: "BuildArg" });
    expect(parse(["--b=A=b=c"], build).values).toEqual({ b: { name: "A", value: "b=c" } });
  });
});

describe("the command's own flags", () => {
  test("long, short and joined", () => {
    const { globals } = parse(["-jo", "out", "-vv", "--progress=dots", "--silent"]);
    expect(globals).toMatchObject({ json: true, output: "out", verbose: 2, progress: "dots", silent: true });
    expect(parse(["-o=a"]).globals.output).toBe("a");
    expect(parse(["-oa"]).globals.output).toBe("a");
  });
  test("a function's flag comes before a command's flag of the same name", () => {
    const { values, globals } = parse(["--quiet=x"], arg("quiet", string));
    expect(values).toEqual({ quiet: "x" });
    expect(globals.quiet).toBe(0);
  });
  test("the module's path is found before its flags are known", () => {
    expect(findMod(["-m", "x", "fn"])).toBe("x");
    expect(findMod(["--greeting", "a", "--mod=y", "fn"])).toBe("y");
    expect(findMod(["fn", "-m", "x"])).toBeUndefined();
    expect(findMod(["-o", "out", "-mz"])).toBe("z");
  });
});

describe("mistakes name what would have been right", () => {
  test("an unknown flag: the nearest, and all there are", () => {
    expect(mistake(["--txet=a"], arg("text", string), arg("loud", bool))).toBe(
      "unknown flag --txet of fn (did you mean --text? flags: --text, --loud)",
    );
    expect(mistake(["--output-dir=a"])).toContain("did you mean --output?");
  });
  test("a missing value", () => {
    expect(mistake(["--level"], arg("level", level))).toBe("flag --level needs a value: --level=low|very_high");
    expect(mistake(["-o"])).toBe("flag -o needs a value: -o=STRING");
  });
  test("a value of the wrong kind", () => {
    expect(mistake(["--a=x"], arg("a", int))).toBe('invalid value "x" for --a: expected an integer');
    expect(mistake(["--l=medium"], arg("l", level))).toContain("expected one of low, very_high");
    expect(mistake(["--l=1,x"], arg("l", list(int)))).toContain('(found "x")');
    expect(mistake(["--b=maybe"], arg("b", bool))).toContain("expected true or false");
    expect(mistake(['--l="a'], arg("l", list(string)))).toContain("each quote closed");
    expect(mistake(["--s="], arg("s", object("Secret")))).toContain("env://NAME, file://PATH or cmd://COMMAND");
    expect(mistake(["--p=80"], arg("p", { kind: "input", name: "PortForward" }))).toContain("FRONTEND:BACKEND");
  });
  test("an unknown letter", () => {
    expect(mistake(["-x"])).toContain("unknown short flag -x");
    expect(mistake(["-node=a"], arg("node", string))).toContain("did you mean --node?");
  });
});

test("no command line makes the parser throw anything but a usage error", () => {
  const args = [arg("a", int), arg("l", list(string)), arg("e", list(level)), arg("b", bool), arg("d", object("File"))];
  const word = fc.oneof(fc.string(), fc.constantFrom("--a", "--l=", "-o", "--b=1", "--", "-", "--=", "-=", "--e=low,"));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      try {
        parse(words, ...args);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
  );
});

test("comma-separated values survive a round trip", () => {
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (values) => {
      expect(csv(values.map(quoted).join(","))).toEqual(values);
    }),
  );
});

test("arguments that no flag can stand for", () => {
  expect(isSupported(arg("a", object("Report")))).toBe(false);
  expect(isSupported(arg("id", object("Directory")))).toBe(false);
  expect(isSupported(arg("a", list(list(string))))).toBe(false);
  expect(isSupported(arg("a", list(object("Secret"))))).toBe(true);
});
