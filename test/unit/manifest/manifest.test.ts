import { expect, test } from "bun:test";
import { assembleManifest, checksums, parseMeasured } from "../../../.dagger/src/manifest/assemble.js";
import { budgetProblems } from "../../../.dagger/src/manifest/budget.js";
import { imageFileBytes } from "../../../.dagger/src/manifest/image-file.js";
import { Manifest, manifestText } from "../../../.dagger/src/manifest/manifest.js";
import { sbomAdditions } from "../../../.dagger/src/manifest/sbom.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";
import { recipeOf } from "../../../.dagger/src/plan/recipe.js";
import { readBuildManifest } from "../../../.dagger/src/plan/release-manifest.js";
import { input } from "../plan/inputs";

const recipe = recipeOf({ ...input(), version: "v1.2.3", revision: "" });
const facts = parseFacts(
  "kernel-link\t/boot/vmlinuz-6.1.0\npackage\tbash 5.2 amd64\npackage\tzlib1g 1:1.2+dfsg amd64\n",
);
const made = {
  facts,
  listing: "f\t644\t0:0\t5\taa\t/x\n",
  artefacts: [
    { name: "probe-v1.2.3.iso", bytes: 9, sha256: "c".repeat(64) },
    { name: "a", bytes: 1, sha256: "d".repeat(64) },
  ],
  warnings: [],
};

test("the manifest holds what was decided and made, and says what stood in", () => {
  const manifest = assembleManifest(recipe, made);
  expect(Manifest.parse(JSON.parse(manifestText(manifest)))).toEqual(manifest);
  expect(manifest).toMatchObject({
    node: "probe",
    kernel: "6.1.0",
    sizes: { paths: 1, image: imageFileBytes(made.listing), medium: 9 },
    budgets: { image: 1024 ** 3, medium: 512 * 1024 ** 2 },
    standins: ["auroraboot"],
    packages: [{ name: "bash" }, { name: "zlib1g", version: "1:1.2+dfsg" }],
  });
});

test("its sizes and budgets are the two that a build compares", () => {
  const listing = Array.from({ length: 60_000 }, (_, at) => `f\t644\t0:0\t16385\taa\t/${at}\n`).join("");
  const { sizes, budgets } = assembleManifest(recipe, { ...made, listing });
  const share = Math.ceil((sizes.image / budgets.image) * 100);
  const [problem] = budgetProblems("probe", "image", recipe.node.budgets.image, imageFileBytes(listing), []);
  // The bytes of the files are 92 % of it, and the file with them does not fit.
  expect([problem?.severity, problem?.found]).toEqual(["error", expect.stringContaining(`(${share} %)`)]);
});

test("what publish reads of a manifest is what stands in it", () => {
  const manifest = assembleManifest({ ...recipe, revision: "a".repeat(40) }, made);
  const read = readBuildManifest("manifest.json", manifestText(manifest));
  expect(manifest).toMatchObject(read as object);
  // A key that the manifest did not have would be read as nothing, and nothing is what the test could not tell apart.
  for (const value of Object.values(read)) expect(value).not.toBeEmpty();
});

test("checksums are sorted and in the form of sha256sum", () => {
  expect(checksums(made.artefacts)).toBe(`${"d".repeat(64)}  a\n${"c".repeat(64)}  probe-v1.2.3.iso\n`);
  expect(parseMeasured(`${"d".repeat(64)} 12 a b\n`)).toEqual([{ name: "a b", bytes: 12, sha256: "d".repeat(64) }]);
});

test("a budget is silent below 90 %, warns above, fails above 100 % and shows the largest files", () => {
  const MiB = 1024 ** 2;
  const parts = [{ path: "/usr/big", bytes: 700 * MiB }];
  expect(budgetProblems("probe", "image", "1000MiB", 900 * MiB, parts)).toEqual([]);
  expect(budgetProblems("probe", "image", "1000MiB", 901 * MiB, parts)).toMatchObject([{ severity: "warning" }]);
  expect(budgetProblems("probe", "image", "1000MiB", 1000 * MiB, parts)).toMatchObject([{ severity: "warning" }]);
  const [problem] = budgetProblems("probe", "medium", "1000MiB", 1000 * MiB + 1, parts);
  expect(problem).toMatchObject({
    severity: "error",
    rule: "budget/medium",
    message: expect.stringContaining("700 MiB /usr/big"),
  });
});

test("the SBOM is completed by packages of dpkg's that syft left out, and every source", () => {
  const purl = "pkg:deb/ubuntu/bash@5.2?arch=amd64&distro=ubuntu-24.04";
  const syft = { bomFormat: "CycloneDX", components: [{ type: "library", name: "bash", version: "5.2", purl }] };
  const { component, components } = sbomAdditions(JSON.stringify(syft), recipe, facts);
  expect(component).toMatchObject({ name: "probe", version: "v1.2.3" });
  expect(components.flatMap(({ purl }) => purl ?? [])).toEqual([
    "pkg:deb/ubuntu/zlib1g@1%3A1.2%2Bdfsg?arch=amd64&distro=ubuntu-24.04",
  ]);
  const base = components.find((c) => c["bom-ref"] === "source:base");
  expect(base?.hashes).toEqual([{ alg: "SHA-256", content: "a".repeat(64) }]);
});

test("the apt snapshot of the image's own distribution is a source, in manifest and SBOM; another's is not", () => {
  const url = "https://snapshot.example.org/ubuntu/20260923T000000Z";
  const snapshots = [
    { source: "apt-ubuntu", distribution: "ubuntu", url },
    { source: "apt-debian", distribution: "debian", url: "https://snapshot.example.org/debian/20260923T000000Z" },
  ];
  const pinned = { ...recipe, head: { ...recipe.head, snapshots } };
  const ubuntu = new Map([...facts, ["distribution", ["ubuntu"]]]);
  const { sources } = assembleManifest(pinned, { ...made, facts: ubuntu });
  expect(sources).toContainEqual({ name: "apt-ubuntu", address: url, digest: null, standin: false });
  expect(sources.map(({ name }) => name)).not.toContain("apt-debian");
  const { components } = sbomAdditions('{"bomFormat":"CycloneDX"}', pinned, ubuntu);
  expect(components).toContainEqual(expect.objectContaining({ "bom-ref": "source:apt-ubuntu", name: url }));
  expect(components.map((c) => c["bom-ref"])).not.toContain("source:apt-debian");
});

test("what is no CycloneDX is refused", () => {
  expect(() => sbomAdditions("oops", recipe, facts)).toThrow(/not JSON/);
  expect(() => sbomAdditions('{"bomFormat":"SPDX"}', recipe, facts)).toThrow(/format "SPDX", expected CycloneDX/);
});
