import { expect, test } from "bun:test";
import { HegemonikonError } from "../../../.dagger/src/errors";
import { explained } from "../../../.dagger/src/image/explain";
import { ExecError } from "../../../node_modules/@dagger.io/dagger/dist/src/common/errors/ExecError.js";

// The words of an engine whose client stopped another call, as one gave them to the call after it.
const takenDown = () => new Error("commit output ref a: failed to commit a to immutable b: context canceled");

/** Fails with these errors, one a try, then gives the number of tries. */
function failing(...errors: Error[]) {
  let tries = 0;
  return {
    build: async () => {
      const error = errors[tries++];
      if (error) throw error;
      return tries;
    },
    tries: () => tries,
  };
}

test("work that a stopped call took down with it is asked for again", async () => {
  expect(await explained("noos", failing(takenDown()).build, 1)).toBe(2);
});

test("what fails for another reason fails at once, and names the node", async () => {
  const { build, tries } = failing(new Error("no such host"));
  await expect(explained("noos", build)).rejects.toThrow(new HegemonikonError("noos: no such host"));
  expect(tries()).toBe(1);
});

test("an error of ours is shown as it is, whatever a machine's journal in it says", async () => {
  const error = new HegemonikonError("noos: not proven\n  k0s: context canceled");
  const { build, tries } = failing(error);
  await expect(explained("noos", build)).rejects.toBe(error);
  expect(tries()).toBe(1);
});

test("what never comes right ends with the engine's words", async () => {
  const { build, tries } = failing(...Array.from({ length: 5 }, takenDown));
  await expect(explained("noos", build, 1)).rejects.toThrow("context canceled");
  expect(tries()).toBe(5);
});

test("a failed step is told by the SDK's error as the engine gives it, and shown with its last lines", async () => {
  const exec = {
    cmd: ["/hegemonikon/step.sh", "packages", "apt-get"],
    exitCode: 100,
    stdout: "",
    stderr: "E: nothing",
  };
  const error = new ExecError("context canceled, says apt", { ...exec });
  const { build, tries } = failing(error);
  await expect(explained("noos", build)).rejects.toThrow('noos: the step "packages" failed with exit code 100');
  expect(tries()).toBe(1);
});
