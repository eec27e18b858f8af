import { expect, test } from "bun:test";
import { TableFormat } from "../../../.dagger/src/node/table-format";
import { affectedNodes } from "../../../.dagger/src/publish/affected-nodes";

test("a revision that is blank is shown as it was given, before git is asked", async () => {
  await expect(affectedNodes({} as never, " ", TableFormat.Text)).rejects.toThrow(
    'since: found " ", expected a branch',
  );
});
