import { expect, test } from "bun:test";
import { kebab, memberName, nearest, pascal } from "../../../local/call/names";

test("names on the command line are those of the Dagger CLI", () => {
  // Each pair was seen in the help of dagger v0.21.8 or follows from strcase v0.3.0, which it uses.
  const pairs = [
    ["withNewFile", "with-new-file"],
    ["upgradeTest", "upgrade-test"],
    ["sha256Sum", "sha-256-sum"],
    ["JSONData", "json-data"],
    ["experimentalWithAllGPUs", "experimental-with-all-gp-us"],
    ["as_git", "as-git"],
    ["x", "x"],
  ];
  for (const [name = "", flag = ""] of pairs) expect(kebab(name)).toBe(flag);
});

test("a name on the command line stays what it is", () => {
  for (const name of ["with-new-file", "sha-256-sum", "node"]) expect(kebab(name)).toBe(name);
});

test("members of enums are spelt as the engine registers them", () => {
  expect(["Json", "TarGz", "VERY_HIGH", "X86"].map(memberName)).toEqual(["JSON", "TAR_GZ", "VERY_HIGH", "X86"]);
});

test("a module's main class", () => {
  expect(["hegemonikon", "call-module", "myModule"].map(pascal)).toEqual(["Hegemonikon", "CallModule", "MyModule"]);
});

test("the nearest name is one that was probably meant", () => {
  const names = ["nodes", "build", "boot", "upgrade-test"];
  expect(nearest("node", names)).toBe("nodes");
  expect(nearest("biuld", names)).toBe("build");
  expect(nearest("upgrade", names)).toBe("upgrade-test");
  expect(nearest("publish", names)).toBeUndefined();
});
