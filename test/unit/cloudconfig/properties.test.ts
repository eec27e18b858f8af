import { expect, test } from "bun:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { checkCloudConfig } from "../../../.dagger/src/cloudconfig/check.js";
import { CLOUD_CONFIG, CloudConfig } from "../../../.dagger/src/cloudconfig/cloud-config.js";
import {
  allowsNoUsers,
  commandsOf,
  filesWritten,
  hostnamesOf,
  installDevice,
  topLevelKeys,
  usersOf,
} from "../../../.dagger/src/cloudconfig/facts.js";
import type { RecordShape, Shape, TextShape } from "../../../.dagger/src/cloudconfig/shape.js";
import { isStage, STAGES } from "../../../.dagger/src/cloudconfig/stages.js";
import { parseYaml } from "../../../.dagger/src/yaml/parse.js";
import { fixtures } from "./read-fixtures.js";

/** Milliseconds: two thousand parses take a few seconds on a busy machine. */
const PATIENCE = 60_000;

const SEVERITIES = ["error", "warning"];

function holds(text: string): void {
  for (const problem of checkCloudConfig("f", text)) {
    expect(SEVERITIES).toContain(problem.severity);
    expect(problem.rule).toMatch(/^(cloud-config|yaml)\//);
    expect(problem.message.length).toBeGreaterThan(0);
  }
  const parsed = parseYaml("f", text);
  for (const fact of [hostnamesOf, usersOf, allowsNoUsers, filesWritten, topLevelKeys, installDevice, commandsOf]) {
    fact(parsed);
  }
}

test(
  "arbitrary text never throws",
  () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400 }), holds), { numRuns: 500 });
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => holds(`#cloud-config\n${text}`)),
      { numRuns: 500 },
    );
  },
  PATIENCE,
);

test(
  "arbitrary values under known keys never throw",
  () => {
    const key = fc.constantFrom(...Object.keys(CLOUD_CONFIG.fields), "nothing");
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 5 })), (value) =>
        holds(`#cloud-config\n${stringify(value)}`),
      ),
      { numRuns: 300 },
    );
  },
  PATIENCE,
);

test(
  "a legal file with a piece cut out or put in never throws",
  () => {
    const texts = fixtures("valid").map(({ text }) => text);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(20),
        fc.string({ maxLength: 5 }),
        (text, at, cut, put) => {
          const from = at % text.length;
          holds(text.slice(0, from) + put + text.slice(from + cut));
        },
      ),
      { numRuns: 500 },
    );
  },
  PATIENCE,
);

/** Texts that fit a text shape without a pattern. */
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

/** One of these fits any pattern of the shapes. */
const SAMPLES = ["/srv/x", "x", "1", "auto", "systemd", "run://a/b", "a.example.org"];

function textFor(shape: TextShape): fc.Arbitrary<unknown> {
  if (shape.values) return fc.constantFrom(...shape.values);
  if (!shape.pattern) return word;
  const pattern = shape.pattern;
  return fc.constantFrom(...SAMPLES.filter((sample) => pattern.test(sample)));
}

/** Values that a shape accepts, as the yaml package writes them: permissions stay decimal, so they come from the usual ones. */
function legal(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "text":
      return textFor(shape);
    case "flag":
      return fc.boolean();
    case "whole":
      return fc.integer({ min: shape.min ?? -5, max: 5000 });
    case "mode":
      return shape.as === "digits" ? fc.constantFrom("0644", "755") : fc.constantFrom(420, 493, 0);
    case "list":
      return fc.array(legal(shape.of), { minLength: 1, maxLength: 2 });
    case "table":
      return fc.dictionary(
        shape.usual || shape.keys ? fc.constantFrom(...(shape.usual ?? shape.keys ?? [])) : word,
        legal(shape.of),
        { minKeys: 1, maxKeys: 2 },
      );
    case "record":
      return recordOf(shape);
    case "any":
      return fc.constant(1);
  }
}

function recordOf(shape: RecordShape): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(shape.fields).map(([key, field]) => [key, legal(field)]));
  const required = shape.required ?? [];
  const optional = Object.keys(fields).filter((key) => !required.includes(key));
  return fc.subarray(optional, { maxLength: Math.min(4, optional.length) }).chain((keys) => {
    const chosen = [...required, ...keys];
    return fc.record(Object.fromEntries(chosen.map((key) => [key, fields[key] ?? fc.constant(1)])));
  });
}

/** Rules about how values fit together; single values drawn at random break them, legally typed as they are. */
const BETWEEN_VALUES =
  /^cloud-config\/(partitions|ssh-hardening|layout|datasource|encoding|power|key-needs-network|deprecated)$/;

test(
  "what the schema allows passes, as the checker and as zod see it",
  () => {
    const stages = fc.dictionary(fc.constantFrom(...STAGES), legal(stepList()), { minKeys: 1, maxKeys: 3 });
    const file = fc.tuple(recordOf(CLOUD_CONFIG), stages).map(([root, own]) => ({ ...(root as object), stages: own }));
    fc.assert(
      fc.property(file, (value) => {
        const problems = checkCloudConfig("f", `#cloud-config\n${stringify(value)}`).filter(
          ({ rule, severity }) => severity === "error" && !BETWEEN_VALUES.test(rule),
        );
        expect(problems.filter(({ message }) => !message.includes("enable and enabled"))).toEqual([]);
        const parsed = CloudConfig.safeParse(value);
        expect(parsed.error?.issues ?? []).toEqual([]);
      }),
      { numRuns: 300 },
    );
  },
  PATIENCE,
);

test("a key that nothing knows never passes", () => {
  const known = Object.keys(CLOUD_CONFIG.fields);
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_-]{1,14}$/), (key) => {
      fc.pre(!known.includes(key));
      const text = `#cloud-config\n${stringify({ [key]: 1 })}`;
      expect(checkCloudConfig("f", text).some(({ rule }) => /unknown-key|ignored|yaml\//.test(rule))).toBe(true);
    }),
  );
});

test("each stage runs with its two companions", () => {
  for (const stage of STAGES) {
    for (const name of [stage, `${stage}.before`, `${stage}.after`]) expect(isStage(name)).toBe(true);
    expect(isStage(`${stage}.during`)).toBe(false);
  }
});

function stepList(): Shape {
  const stages = CLOUD_CONFIG.fields.stages;
  if (stages?.kind !== "table") throw new Error("stages is a table");
  return stages.of;
}
