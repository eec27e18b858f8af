import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseHost, parseOutcome } from "../../../.dagger/src/boot/outcome";
import { parseProof, tapOnly } from "../../../.dagger/src/boot/proof";

const port = `#fact started 61.2
#fact scale 4
# 70 s: holds: it answers
TAP version 14
1..2
ok 1 - it answers
  ---
  seconds: 70
  within: 180
  attempts: 3
  ...
not ok 2 - it lists
  ---
  seconds: 400
  within: 100
  attempts: 9
  exit: 22
  command: |
    curl -f http://127.0.0.1:8080
  output: |
    curl: (22) 404
    ...
    ok 3 - not a result
  ...
#file journal.txt
#| one
#| 
#| #done 0
#end
#fact boot live
#fact mount / / overlay overlay
#fact mount /oem / overlay overlay
#done 1
`;

test("TAP, facts and files are told apart", () => {
  const proof = parseProof(port);
  expect(proof.plan).toBe(2);
  expect(proof.results).toEqual([
    { number: 1, name: "it answers", holds: true, seconds: 70, within: 180, attempts: 3 },
    {
      number: 2,
      name: "it lists",
      holds: false,
      seconds: 400,
      within: 100,
      attempts: 9,
      exitCode: 22,
      command: "curl -f http://127.0.0.1:8080",
      output: "curl: (22) 404\n...\nok 3 - not a result",
    },
  ]);
  expect(proof.exitCode).toBe(1);
  expect(proof.progress).toEqual(["70 s: holds: it answers"]);
  expect(proof.facts.get("boot")).toEqual(["live"]);
  expect(proof.facts.get("mount")).toEqual(["/ / overlay overlay", "/oem / overlay overlay"]);
  expect(proof.files.get("journal.txt")).toBe("one\n\n#done 0\n");
});

test("role.tap holds TAP alone", () => {
  const tap = tapOnly(port);
  expect(tap).not.toMatch(/#fact|#file|#\||#end|#done/);
  expect(tap).toContain("TAP version 14\n1..2\nok 1 - it answers\n");
});

test("a report that is cut off has no exit code, wherever it is cut", () => {
  fc.assert(
    fc.property(fc.nat(port.length - 3), (length) => {
      const proof = parseProof(port.slice(0, length));
      expect(proof.exitCode).toBeUndefined();
      expect(proof.results.length).toBeLessThanOrEqual(2);
    }),
  );
});

test("any text is read without an error", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400 }),
      (text) => void [parseProof(text), tapOnly(text), parseOutcome(text), parseHost(text)],
    ),
  );
});

test("a bail-out keeps its reason", () => {
  expect(parseProof("Bail out! the recovery system\n#done 2\n")).toMatchObject({
    bailOut: "the recovery system",
    exitCode: 2,
    results: [],
  });
});

test("outcome and host are read", () => {
  expect(parseOutcome("reached\tkernel\t21\nreached\trole-check\t70\nreason\tlate role-check\nexit\t0\n")).toEqual({
    reason: "late role-check",
    exitCode: 0,
    reached: [
      { name: "kernel", seconds: 21 },
      { name: "role-check", seconds: 70 },
    ],
  });
  expect(parseHost("accelerator\temulated\nwhy\tthere is no /dev/kvm\nscale\t8\n")).toMatchObject({
    accelerated: false,
    scale: 8,
    why: "there is no /dev/kvm",
  });
});
