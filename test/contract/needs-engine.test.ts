import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./introspect";

const patience = 60_000; // the first reading of the module holds a compiler

/** Asks as the launcher does, before there is any engine. */
const ask = (...words: string[]) => run(["--needs-engine"], words);
const call = (...words: string[]) => run([], words);
function run(first: string[], words: string[]) {
  const args = [join(root, "local/call.ts"), ...first, "-m", join(root, "test/fixtures/call-module"), ...words];
  const env = { ...process.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: "unix:///no/engine", PATH: "/usr/bin:/bin" };
  return spawnSync(process.execPath, args, { env, encoding: "utf8" });
}

test(
  "a call needs an engine: exit code 0, and silence",
  () => {
    for (const words of [["greeting"], ["echo", "--text=a"], ["tree", "-o", "x"], ["tree", "entries"]]) {
      expect(ask(...words), words.join(" ")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    }
  },
  patience,
);

test(
  "help and mistakes need none: another exit code, and silence, as they are said by the call itself",
  () => {
    for (const words of [
      [],
      ["--help"],
      ["echo", "--help"],
      ["ehco"],
      ["echo"],
      ["echo", "--text"],
      ["sum", "--ints=a"],
      ["tree", "-o", "/dev/null"],
      ["secret-length", "--secret=env://NEEDS_ENGINE_TEST_ABSENT"],
    ]) {
      expect(ask(...words), words.join(" ")).toMatchObject({ status: 1, stdout: "", stderr: "" });
    }
  },
  patience,
);

test(
  "what this machine knows to be wrong, the call says before it looks for an engine",
  () => {
    const said = call("secret-length", "--secret=env://NEEDS_ENGINE_TEST_ABSENT", "-o", join(root, "docs"));
    expect(said.status).toBe(1);
    expect(said.stderr).toStartWith(
      "Error: secret-length:\n  --secret: there is no environment variable NEEDS_ENGINE_TEST_ABSENT\n  -o: ",
    );
  },
  patience,
);
