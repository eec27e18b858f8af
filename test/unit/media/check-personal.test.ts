import { afterAll, afterEach, expect, spyOn, test } from "bun:test";
import type { Secret } from "@dagger.io/dagger";
import { checkPersonal } from "../../../.dagger/src/media/personal.js";
import { recipeOf } from "../../../.dagger/src/plan/recipe.js";
import { input } from "../plan/inputs.js";
import { KEY } from "./public-keys.js";

// What the caller hears of their cloud-config: warnings where the call runs, errors as its end.

const heard = spyOn(console, "error").mockImplementation(() => {});
afterEach(() => heard.mockClear());
afterAll(() => heard.mockRestore());
const said = () => heard.mock.calls.flat();
const secret = (text: string) => ({ plaintext: async () => text }) as unknown as Secret;
const owner = (name: string, key: string) =>
  secret(`#cloud-config\nusers:\n  - name: ${name}\n    groups: [admin]\n    ssh_authorized_keys: ["${key}"]\n`);
const recipe = (medium: "iso" | "raw", more: object = {}, config?: string) =>
  recipeOf({ ...input({ medium, ...more }, {}, config), version: "v1.0.0", revision: "" });

test("a file that lets its owner in passes in silence", async () => {
  await checkPersonal(owner("ana", KEY), recipe("iso"));
  expect(said()).toEqual([]);
});

test("a warning is heard, and the medium is made", async () => {
  await checkPersonal(owner("ana", "github:hush"), recipe("iso"));
  expect(said()).toEqual([
    expect.stringMatching(/^warning: --config:5:27: Keys are fetched at each boot: .*expected the key itself/),
  ]);
});

test("an error ends the call with all that is wrong, behind the warnings, and never with a word of the file", async () => {
  const two = secret(
    `#cloud-config\nusers:\n  - name: backup\n    ssh_authorized_keys: ["hush"]\n  - name: root\n    ssh_authorized_keys: ["github:hush"]\n`,
  );
  const error = await checkPersonal(two, recipe("raw")).catch((reason: unknown) => String(reason));
  expect(error).toMatch(
    /--config is no cloud-config to put on a medium:\n {2}--config:3:11: .*\n {2}--config:4:27: .*\n {2}--config:5:11: /,
  );
  expect(said()).toEqual([expect.stringContaining("--config:6:27: Keys are fetched")]);
  expect([error, ...said()].join()).not.toContain("hush");
});

test("the node's own installation and people are known: its disk, and whom its cloud-config lets in", async () => {
  const disk = secret("#cloud-config\ninstall: {auto: true}\n");
  const people = `#cloud-config\nusers:\n  - {name: eve, groups: [admin], ssh_authorized_keys: ["${KEY}"]}\n`;
  await checkPersonal(disk, recipe("iso", { install: { device: "/dev/disk/by-id/nvme-x" } }, people));
  expect(said()).toEqual([]);
  await expect(checkPersonal(disk, recipe("iso", {}, people))).rejects.toThrow("and no device");
});
