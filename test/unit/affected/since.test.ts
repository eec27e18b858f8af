import { expect, test } from "bun:test";
import { affectedNodes } from "../../../.dagger/src/publish/affected-nodes";

test("a revision that is blank is shown as it was given, before git is asked", async () => {
  await expect(affectedNodes({} as never, " ", false)).rejects.toThrow('since: found " ", expected a branch');
});
