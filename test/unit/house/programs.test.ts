import { expect, test } from "bun:test";
import { install, missingPackages } from "../../programs";

test("a tier installs what its own tests run", () => {
  const none = () => undefined;
  expect(missingPackages(["lint"], none)).toEqual(["shellcheck"]);
  expect(missingPackages(["contract"], none)).toEqual([]);
  expect(missingPackages(["role"], none)).toContain("python3-libgpiod");
  expect(missingPackages(["role"], (program) => program === "gpiomon")).not.toContain("gpiod");
});

test("what cannot be installed is said", () => {
  const said: string[][] = [];
  const ends = (code: number) => (args: string[]) => {
    said.push(args);
    return code;
  };
  expect(install(["jq"], false, ends(0))).toContain("not root");
  expect(install(["jq"], true, ends(100))).toContain("apt-get could not install them");
  expect(said).toEqual([["update"]]);
  expect(install(["jq"], true, ends(0))).toBe("");
  expect(said.at(-1)).toEqual(["-y", "--no-install-recommends", "install", "jq"]);
});
