import { expect, test } from "bun:test";
import type { Secret } from "@dagger.io/dagger";
import { checkPersonal } from "../../../.dagger/src/media/personal.js";
import { filled, unreadable } from "../../../.dagger/src/publish/secrets.js";
import { node } from "../plan/inputs.js";

/** A secret as the engine gives it: asked for when it is used. */
const secret = (text: () => string) => ({ plaintext: async () => text() }) as Secret;
const absent = secret(() => {
  throw new Error('rpc error: code = Unknown desc = secret env var not found: "UNS..."\nat x');
});

test("a secret that cannot be read is named by its argument, and so are the others of the call", async () => {
  const good = secret(() => "hush");
  const lines = await unreadable({ password: absent, key: good, "key-password": undefined, "oidc-url": absent });
  const why = 'it cannot be read (rpc error: code = Unknown desc = secret env var not found: "UNS...")';
  const expected = "expected env://NAME, file://PATH or cmd://COMMAND";
  expect(lines).toEqual([`password: ${why}, ${expected}`, `oidc-url: ${why}, ${expected}`]);
});

test("it is not called empty as well", async () => {
  const all = [undefined, absent, secret(() => " \n"), secret(() => "hush")];
  expect(await Promise.all(all.map(filled))).toEqual([false, true, false, true]);
});

test("an owner's cloud-config that cannot be read names --config", async () => {
  expect(checkPersonal(absent, { node: node(), role: [] })).rejects.toThrow(
    /^--config: it cannot be read \(.*not found: "UNS..."\), expected file:/,
  );
});
