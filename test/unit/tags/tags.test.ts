import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { channels, kairosTag, type TagParts, tags } from "../../../.dagger/src/plan/tags.js";
import { parseVersion } from "../../../.dagger/src/plan/version.js";

const parts = (version: string, extra: Partial<TagParts> = {}): TagParts => ({
  flavorRelease: "24.04",
  variant: "core",
  arch: "amd64",
  model: "generic",
  version: parseVersion(version),
  ...extra,
});

describe("tags", () => {
  test("follow Kairos' scheme", () => {
    expect(kairosTag(parts("1.2.3"))).toBe("24.04-core-amd64-generic-v1.2.3");
    const kubernetes = { name: "k0s", version: "v1.34.10+k0s.0" };
    expect(kairosTag(parts("v1.2.3", { variant: "standard", kubernetes }))).toBe(
      "24.04-standard-amd64-generic-v1.2.3-k0sv1.34.10-k0s.0",
    );
  });

  test("a plus sign becomes a dash", () => {
    expect(tags(parts("v1.2.3+5"), []).version).toBe("v1.2.3-5");
    expect(kairosTag(parts("v1.2.3+5"))).toEndWith("-v1.2.3-5");
  });

  test("a version with build metadata moves no channel: its tag is read as a pre-release, behind which latest would go back", () => {
    expect(tags(parts("v1.2.3+meta"), ["v1.2.2"])).toMatchObject({ version: "v1.2.3-meta", channels: [] });
    expect(tags(parts("v1.2.2"), ["v1.2.3-meta"]).channels).toEqual(["latest", "v1", "v1.2"]);
    expect(tags(parts("v1.2.4-meta"), ["v1.2.3-meta", "v1.2.3"]).channels).toEqual(["meta"]);
  });

  test("a release takes latest and its channels", () => {
    expect(tags(parts("v1.2.3"), []).channels).toEqual(["latest", "v1", "v1.2"]);
    expect(tags(parts("v1.2.3"), ["v1.2.3", "v1.2.2", "latest", "24.04-core-amd64-generic-v9.9.9"]).channels).toEqual([
      "latest",
      "v1",
      "v1.2",
    ]);
  });

  test("a pre-release never takes latest", () => {
    expect(channels(parseVersion("v2.0.0-rc.1"))).toEqual(["rc"]);
    expect(channels(parseVersion("v2.0.0-rc1"))).toEqual(["rc"]);
    expect(channels(parseVersion("v2.0.0-rc-"))).toEqual(["rc"]);
    expect(channels(parseVersion("v2.0.0-v-1"))).toEqual(["next"]);
    expect(channels(parseVersion("v2.0.0-0.3"))).toEqual(["next"]);
    expect(channels(parseVersion("v2.0.0-latest"))).toEqual(["next"]);
    const identifier = fc.stringMatching(/^[A-Za-z-][0-9A-Za-z-]{0,8}$/);
    fc.assert(
      fc.property(identifier, (name) => {
        const [channel = ""] = channels(parseVersion(`1.0.0-${name}`));
        expect(["latest", "v1", "v1.0"]).not.toContain(channel);
        expect(channel).toMatch(/^[a-z][a-z-]*$/);
      }),
    );
  });

  test("an older release does not turn a channel back", () => {
    expect(tags(parts("v1.2.4"), ["v2.0.0", "v1.3.0"]).channels).toEqual(["v1.2"]);
    expect(tags(parts("v1.2.4"), ["v1.3.0-rc.1", "v2.0.0-beta.1"]).channels).toEqual(["latest", "v1", "v1.2"]);
    expect(tags(parts("v2.0.0-rc.1"), ["v2.0.0-rc.2"]).channels).toEqual([]);
  });
});
