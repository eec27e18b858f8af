import { expect, test } from "bun:test";
import { parseDocument } from "yaml";
import { goScalar } from "../../../.dagger/src/cloudconfig/scalar.js";

const read = (source: string): string => {
  const scalar = goScalar(parseDocument(source).contents);
  return scalar ? `${scalar.tag}${scalar.number === undefined ? "" : ` ${scalar.number}`}` : "none";
};

/** Each line was checked against gopkg.in/yaml.v3 v3.0.1. */
const CASES: [string, string][] = [
  ["~", "null"],
  ["null", "null"],
  ["nULL", "str"],
  ["true", "bool"],
  ["True", "bool"],
  ["tRUE", "str"],
  ["yes", "str"],
  ["0644", "int 420"],
  ["0o644", "int 420"],
  ["0O7", "int 7"],
  ["0x1F", "int 31"],
  ["0X1f", "int 31"],
  ["0b11", "int 3"],
  ["1_000", "int 1000"],
  ["+5", "int 5"],
  ["-1", "int -1"],
  ["0_7", "int 7"],
  ["0689", "float 689"],
  ["1.5", "float 1.5"],
  ["1.", "float 1"],
  [".5", "float 0.5"],
  ["1e3", "float 1000"],
  ["1e", "str"],
  ["0o9", "str"],
  ["1:30", "str"],
  ["2020-01-01", "timestamp"],
  ["2020-1-2 3:4:5", "timestamp"],
  [".inf", "float NaN"],
  ['"0644"', "str"],
  ["'true'", "str"],
  ["|\n 1", "str"],
  ["[1]", "none"],
];

for (const [source, expected] of CASES) {
  test(`${JSON.stringify(source)} is ${expected}`, () => {
    expect(read(source)).toBe(expected);
  });
}
