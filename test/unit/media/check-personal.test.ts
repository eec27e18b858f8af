import { afterAll, afterEach, expect, spyOn, test } from "bun:test";
import type { Secret } from "@dagger.io/dagger";
import { checkPersonal } from "../../../.dagger/src/media/personal.js";
import { KEY } from "./public-keys.js";

// What the caller hears of their cloud-config: warnings where the call runs, errors as its end.

const heard = spyOn(console, "error").mockImplementation(() => {});
afterEach(() => heard.mockClear());
afterAll(() => heard.mockRestore());
const said = () => heard.mock.calls.flat();
const secret = (text: string) => ({ plaintext: async () => text }) as unknown as Secret;
const owner = (name: string, key: string) =>
  secret(`#cloud-config\nusers:\n  - name: ${name}\n    groups: [admin]\n    ssh_authorized_keys: ["${key}"]\n`);

test("a file that lets its owner in passes in silence", async () => {
  await checkPersonal(owner("ana", KEY), "iso");
  expect(said()).toEqual([]);
});

test("a warning is heard, and the medium is made", async () => {
  await checkPersonal(owner("ana", "github:hush"), "iso");
  expect(said()).toEqual([
    expect.stringMatching(/^warning: --config:5:27: Keys are fetched at each boot: .*expected the key itself/),
  ]);
});

test("an error ends the call with all that is wrong, behind the warnings, and never with a word of the file", async () => {
  const two = secret(
    `#cloud-config\nusers:\n  - name: backup\n    ssh_authorized_keys: ["hush"]\n  - name: root\n    ssh_authorized_keys: ["github:hush"]\n`,
  );
  const error = await checkPersonal(two, "raw").catch((reason: unknown) => String(reason));
  expect(error).toMatch(
    /--config is no cloud-config to put on a medium:\n {2}--config:3:11: .*\n {2}--config:4:27: .*\n {2}--config:5:11: /,
  );
  expect(said()).toEqual([expect.stringContaining("--config:6:27: Keys are fetched")]);
  expect([error, ...said()].join()).not.toContain("hush");
});
