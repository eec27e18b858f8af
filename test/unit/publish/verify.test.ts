import { describe, expect, test } from "bun:test";
import {
  type Evidence,
  isVerified,
  verification,
  verificationJson,
  verificationText,
} from "../../../.dagger/src/plan/release-verify.js";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const good: Evidence = {
  node: "noos",
  reference: "r/noos:v1",
  digest: OTHER,
  signature: { ok: true, detail: "made with the key" },
  annotation: DIGEST,
  manifest: DIGEST,
  listing: DIGEST,
  pulled: DIGEST,
  local: DIGEST,
  manifestNode: "noos",
  sbomPackages: ["bash 5.2-1", "dpkg 1.22"],
  localPackages: ["bash 5.2-1", "dpkg 1.22", "dpkg 1.22"],
  revisions: { published: "abc", here: "abc" },
  differing: [],
};
const failed = (change: Partial<Evidence>) =>
  verification({ ...good, ...change })
    .proofs.filter(({ ok }) => !ok)
    .map(({ what, detail }) => `${what}: ${detail}`);

describe("what verify proves", () => {
  test("holds where every witness says the same", () => {
    const result = verification(good);
    expect(isVerified(result)).toBe(true);
    expect(
      verificationText(result)
        .split("\n")
        .filter((line) => line.startsWith("  ok")),
    ).toHaveLength(7);
    expect(JSON.parse(verificationJson(result))).toMatchObject({ verified: true, node: "noos" });
  });

  test("fails by the witness that differs, and by it alone", () => {
    expect(failed({ signature: { ok: false, detail: "none" } })).toEqual(["signature: none"]);
    expect(failed({ manifest: OTHER })).toEqual([`manifest: it says ${OTHER}, the image says ${DIGEST}`]);
    expect(failed({ manifest: undefined })).toEqual(["manifest: nothing of the kind is attached"]);
    expect(failed({ listing: OTHER })).toEqual([`content listing: its sum is ${OTHER}, the image says ${DIGEST}`]);
    expect(failed({ pulled: OTHER })).toEqual([
      `content of what was pulled: its files sum to ${OTHER}, the image says ${DIGEST}`,
    ]);
    expect(failed({ sbomPackages: undefined })).toEqual(["SBOM: none is attached"]);
    expect(failed({ sbomPackages: [], localPackages: [] })).toEqual(["SBOM: 0 packages"]);
    expect(failed({ sbomPackages: ["bash 5.2-2", "dpkg 1.22"] })).toEqual(["SBOM: it lacks bash 5.2-1"]);
    expect(failed({ sbomPackages: [...good.localPackages, "of-a-container 1"] })).toEqual([]);
    const many = Array.from({ length: 9 }, (_, i) => `p${i} 1`);
    expect(failed({ localPackages: [...good.localPackages, ...many] })[0]).toEndWith("p3 1, p4 1 and 4 more");
    expect(failed({ manifestNode: "protos" })).toEqual(["node: the manifest is of protos"]);
  });

  test("a local build that differs shows the paths, and the revision where it is another", () => {
    const [line = ""] = failed({
      local: OTHER,
      differing: ["changed /etc/x: content 1 -> 2"],
      revisions: { published: "abc", here: "def" },
    });
    expect(line).toContain("it was built from abc, the files here are of def: check that revision out first");
    expect(line).toEndWith("\n    changed /etc/x: content 1 -> 2");
  });

  test("an image without a content digest proves nothing", () => {
    expect(failed({ annotation: "", manifest: "", listing: "", pulled: "", local: "" })).not.toEqual([]);
    expect(isVerified(verification({ ...good, annotation: "" }))).toBe(false);
  });
});
