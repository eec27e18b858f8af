import { expect, test } from "bun:test";
import { failedStep } from "../../../.dagger/src/plan/failed-step.js";
import { headOf, snapshotTable } from "../../../.dagger/src/plan/head.js";
import { recipeOf } from "../../../.dagger/src/plan/recipe.js";
import { downloadReference, imageReference } from "../../../.dagger/src/plan/references.js";
import { input, node, sources } from "./inputs";

const recipe = (more: object = {}, version = "1.2.3+x") => recipeOf({ ...input(more), version, revision: "abc" });

test("two nodes that differ in their role only have the same head", () => {
  const other = node({ name: "other", role: "Another", files: [{ path: "/etc/x", source: "files/x" }] });
  expect(headOf(other, sources)).toEqual(headOf(node(), sources));
});

test("the order of packages and their repetition do not matter", () => {
  expect(headOf(node({ packages: ["vim", "curl", "vim"] }), sources)).toEqual(
    headOf(node({ packages: ["curl", "vim"] }), sources),
  );
});

test("the head holds neither version nor revision: a release fetches no kernel again", () => {
  const one = recipeOf({ ...input(), version: "v1.0.0", revision: "abc" });
  const two = recipeOf({ ...input(), version: "v2.0.0", revision: "def" });
  expect(one.head).toEqual(two.head);
});

test("an image is pulled by version and digest, or by version where it is not pinned", () => {
  expect(imageReference(sources, "base").address).toBe(`docker.io/library/debian:12@sha256:${"a".repeat(64)}`);
  expect(imageReference(sources, "syft").address).toBe("ghcr.io/anchore/syft:v1.38.0");
});

test("a missing source names those that there are; one of another kind says so", () => {
  expect(() => imageReference(sources, "nope")).toThrow(/no image named nope, expected one of: app, auroraboot, base/);
  expect(() => imageReference(sources, "k0s")).toThrow(/of kind download, expected kind image/);
  expect(() => downloadReference(sources, "base", "amd64")).toThrow(/of kind image, expected kind download/);
});

test("snapshots are a table of distribution and address", () => {
  expect(snapshotTable(headOf(node(), sources))).toBe("debian https://snapshot.example.org/20260101T000000Z\n");
});

test("artefacts are named after node and version, without a plus sign", () => {
  expect(recipe().artefacts).toMatchObject({ image: "probe-v1.2.3-x.oci.tar", medium: "probe-v1.2.3-x.iso" });
  expect(recipe({ medium: "raw" }).artefacts.medium).toBe("probe-v1.2.3-x.raw.zst");
});

test("the release file names the version, and Kubernetes as kairos-init would have", () => {
  expect(recipe().release).toEqual({ KAIROS_VERSION: "v1.2.3+x", KAIROS_RELEASE: "v1.2.3+x" });
  expect(recipe({ kubernetes: { distribution: "k0s", source: "k0s" } }).release).toMatchObject({
    KAIROS_VARIANT: "standard",
    KAIROS_SOFTWARE_VERSION: "v1.34.1+k0s.0",
    KAIROS_SOFTWARE_VERSION_PREFIX: "k0s",
  });
});

test("the medium's own cloud-config has no user, and nothing that each image says anew", () => {
  expect(recipe().mediumConfig).toStartWith("#cloud-config\n");
  expect(recipe().mediumConfig).not.toMatch(/^upgrade:/m);
  expect(recipe().mediumConfig).not.toMatch(/users|passwd/);
});

test("what is used is listed once, with digest and whether it stands in", () => {
  const used = recipe({
    containers: [{ source: "app", delivery: "baked" }],
    kubernetes: { distribution: "k0s", source: "k0s" },
  }).used;
  expect(used.map(({ name }) => name)).toEqual(["app", "auroraboot", "base", "k0s", "kairos-init", "syft"]);
  const tree = recipe({ trees: [{ source: "app", path: "/usr/lib/probe/plugin" }] }).used;
  expect(tree.find(({ name }) => name === "app")).toMatchObject({ digest: `sha256:${"a".repeat(64)}` });
  expect(used.filter(({ standin }) => standin).map(({ name }) => name)).toEqual(["auroraboot"]);
  expect(used.find(({ name }) => name === "k0s")?.digest).toBe(`sha256:${"b".repeat(64)}`);
});

test("an address without {arch} is one file: its sum counts for every architecture, in the manifest, too", () => {
  const model = { kind: "download", for: "tests", url: "https://example.org/{version}/model", version: "v1" } as const;
  const more = { ...sources.sources, model: { ...model, sha256: { amd64: "c".repeat(64) } } };
  const arm = input({ arch: "arm64", binaries: [{ source: "model", path: "/usr/share/model" }] });
  const { used } = recipeOf({ ...arm, sources: { sources: more }, version: "v1.0.0", revision: "" });
  expect(used.find(({ name }) => name === "model")).toMatchObject({
    address: "https://example.org/v1/model",
    digest: `sha256:${"c".repeat(64)}`,
  });
});

test("a version that is none is refused", () => {
  expect(() => recipe({}, "latest")).toThrow(/found "latest", expected a semantic version/);
});

test("a failed step names node, step and the tool's last lines, without colours", () => {
  const text = failedStep("noos", {
    cmd: ["/hegemonikon/step.sh", "the node's packages", "apt-get"],
    exitCode: 100,
    stdout: "",
    stderr: `${Array.from({ length: 40 }, (_, i) => `line ${i}`).join("\n")}\n\u001b[31mE: Unable to locate package nosuch\u001b[0m\n`,
  });
  expect(text).toStartWith('noos: the step "the node\'s packages" failed with exit code 100\n');
  expect(text).toEndWith("  E: Unable to locate package nosuch");
  expect(text).not.toContain("line 5\n");
});

test("a full disk and a killed program are said in words", () => {
  const exec = { cmd: ["mksquashfs"], exitCode: 1, stdout: "", stderr: "write: No space left on device" };
  expect(failedStep("noos", exec)).toContain("the disk is full");
  expect(failedStep("noos", { ...exec, exitCode: 137, stderr: "" })).toContain("killed");
  expect(failedStep("noos", { ...exec, exitCode: 137, stderr: "" })).toContain("It wrote nothing.");
});
