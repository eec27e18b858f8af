import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HegemonikonError } from "../../../.dagger/src/errors.js";
import { compareVersions, parseVersion, readVersion } from "../../../.dagger/src/plan/version.js";

describe("version", () => {
  test("reads what semver.org calls valid, with and without v", () => {
    for (const text of [
      "0.0.4",
      "v1.2.3",
      "1.0.0-0A.is.legal",
      "1.0.0-alpha-a.b-c",
      "v2.0.0+build.1848",
      "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
    ]) {
      expect(readVersion(text)?.text).toBe(text.startsWith("v") ? text : `v${text}`);
    }
  });

  test("refuses what semver.org calls invalid", () => {
    for (const text of [
      "",
      "1",
      "1.2",
      "v1.2.3.4",
      "01.1.1",
      "1.2.3-01",
      "1.2.3-",
      "1.2.3+",
      "+1",
      "1.2.3-a..b",
      "latest",
      "v",
      "1.2.3\n",
      " 1.2.3",
      "V1.2.3",
      "99999999999999999999.0.0",
      `1.0.0-${"a".repeat(70)}`,
    ]) {
      expect(readVersion(text)).toBeUndefined();
    }
  });

  test("an error shows what was found and what was expected", () => {
    expect(() => parseVersion("1.2")).toThrow(
      new HegemonikonError(
        'version: found "1.2", expected a semantic version of at most 64 characters, e.g. v1.2.3 or v1.2.3-rc.1',
      ),
    );
  });

  test("orders as semver.org's own example does", () => {
    const ordered = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.2.0",
      "1.10.0",
      "2.0.0",
    ];
    const shuffled = [...ordered].reverse();
    expect(shuffled.sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)))).toEqual(ordered);
    expect(compareVersions(parseVersion("1.0.0+a"), parseVersion("1.0.0+b"))).toBe(0);
  });

  test("order is antisymmetric and agrees with itself", () => {
    const identifier = fc.oneof(fc.nat(30).map(String), fc.constantFrom("a", "rc", "beta-2", "x1"));
    const version = fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.array(identifier, { maxLength: 3 }))
      .map(([a, b, c, pre]) => parseVersion(`${a}.${b}.${c}${pre.length > 0 ? `-${pre.join(".")}` : ""}`));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        expect(compareVersions(a, a)).toBe(0);
      }),
    );
  });

  test("arbitrary text is a version or undefined, never an exception", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const version = readVersion(text);
        expect(version === undefined || version.text.endsWith(text)).toBe(true);
      }),
    );
  });
});
