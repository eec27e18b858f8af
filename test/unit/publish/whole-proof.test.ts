import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unprovenText } from "../../../.dagger/src/plan/release-failure";
import { notShownIn } from "../../../.dagger/src/plan/release-proof";
import { wholeProof } from "../../../.dagger/src/publish/whole-proof";

const skipped = 'The medium, live: "a model completes a sentence" could not be shown: no model is on the disk yet';

/** Boots that do not show these, one after the other; and which were asked for. */
function boots(...notShown: string[][]) {
  const attempts: number[] = [];
  const bootedAt = async (attempt: number) => {
    attempts.push(attempt);
    const text = JSON.stringify({ proven: true, notShown: notShown[attempts.length - 1] });
    return { attempt, file: (path: string) => ({ contents: async () => (path === "result.json" ? text : "") }) };
  };
  return { attempts, bootedAt };
}

const unproven = (why: string, attempt: number) => `attempt ${attempt}: ${why}`;

test("a proof that shows all is the release's, at the first boot", async () => {
  const { attempts, bootedAt } = boots([]);
  expect((await wholeProof(bootedAt, unproven)).attempt).toBe(1);
  expect(attempts).toEqual([1]);
});

test("what a kept boot could not show is asked again of another one", async () => {
  const { attempts, bootedAt } = boots([skipped], []);
  const proof = await wholeProof(bootedAt, unproven);
  expect(attempts).toHaveLength(2);
  expect(proof.attempt).toBe(attempts[1] as number);
  expect(attempts[1]).not.toBe(1);
  // as `boot --attempt` takes it, whose numbers have 32 bits
  expect(Number.isInteger(attempts[1]) && (attempts[1] as number) < 1_000_000_000).toBe(true);
});

test("nothing is released whose proof does not show all: each assertion is named, and what to do", async () => {
  const { attempts, bootedAt } = boots([skipped], [skipped, "another"]);
  const error = await wholeProof(bootedAt, unproven).catch((one: Error) => one);
  expect(attempts).toHaveLength(2);
  expect((error as Error).message).toBe(
    `attempt ${attempts[1]}: not shown: ${skipped}\nnot shown: another\n` +
      "nothing was published: try again when what is missing can be reached; " +
      "--boot=false releases without a proof, and the notes then claim none",
  );
});

test("a boot that fails says which attempt it was: its folder is that one's", async () => {
  for (const failing of [0, 1]) {
    const { attempts, bootedAt } = boots([skipped], []);
    const failed = new Error("no role");
    const booted = async (attempt: number) => {
      const proof = await bootedAt(attempt);
      if (attempts.length > failing) throw failed;
      return proof;
    };
    const error = (await wholeProof(booted, unproven).catch((one: Error) => one)) as Error;
    expect([error.message, error.cause]).toEqual([`attempt ${attempts[failing]}: no role`, failed]);
  }
});

test("the error of a release has the call that gives the folder of that attempt", () => {
  const text = unprovenText({ node: "noos", version: "v1.0.0", attempt: 7 }, "no role");
  expect(text).toStartWith("release: noos is built, and its role is not proven\nno role\n");
  expect(text).toEndWith(
    "dagger call boot --node=noos --version=v1.0.0 --even-failed --attempt=7 export --path=proof gives what that boot left",
  );
});

test("a proof that does not say what it shows is none", () => {
  expect(() => notShownIn("{}")).toThrow("result.json: not a proof's result\n  notShown: ");
  expect(() => notShownIn("<html>")).toThrow('result.json: found "<html>", expected the JSON of a proof');
});

test("release asks for such a proof, before anything is pushed", () => {
  const code = readFileSync(join(import.meta.dir, "../../../.dagger/src/publish/release-nodes.ts"), "utf8");
  const booted = code.slice(code.indexOf("async function builtAndProven"));
  expect(booted).toMatch(/const proof = await wholeProof\(/);
  expect(code.indexOf("await builtAndProven(")).toBeLessThan(code.indexOf("await stageImage("));
});
