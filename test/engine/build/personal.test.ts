import { expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { dag, type File } from "@dagger.io/dagger";
import { build, mediumAlone } from "../../../.dagger/src/media/build.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";
import { inspect, inspectIso } from "../../../.dagger/src/media/inspect.js";
import { iso } from "../../../.dagger/src/media/iso.js";
import { isoProblems } from "../../../.dagger/src/media/iso-guards.js";
import { personal } from "../../../.dagger/src/media/personal.js";
import { raw } from "../../../.dagger/src/media/raw.js";
import { parseRawFacts, rawProblems } from "../../../.dagger/src/media/raw-guards.js";
import { TOOLS, tool } from "../../../.dagger/src/media/tool.js";
import type { Recipe } from "../../../.dagger/src/plan/recipe.js";
import { failure, nodeImage, onEngine } from "./engine";

// A medium with its owner's cloud-config, and that nothing else holds it.

// A whole key: a part of one is refused.
const MARK = `AAAAC3NzaC1lZDI1NTE5AAAAI${"Personal".padEnd(43, "A")}`;
const owner = (mark: string) =>
  `#cloud-config\nusers:\n  - name: ana\n    groups: [admin]\n    ssh_authorized_keys: [ssh-ed25519 ${mark}]\n`;
const secret = (text: string) => dag.setSecret(`personal-${randomUUID()}`, text);

/** What the owner's file on an ISO holds: in the whole of it, as on a CD, and in its first partition, as on a USB stick. */
async function onIso(recipe: Recipe, medium: File): Promise<string[]> {
  const seen = tool(recipe.auroraboot)
    .withMountedFile("/medium.iso", medium)
    .withExec([
      "sh",
      "-euc",
      `mkdir /out
      sfdisk -J /medium.iso | jq -r '.partitiontable.partitions[0] | "start=\\(.start * 512) size=\\(.size * 512)"' > /place
      . /place
      tail -c "+$((start + 1))" /medium.iso | head -c "$size" > /tmp/partition
      for view in /medium.iso /tmp/partition; do
        xorriso -osirrox on -indev "$view" -extract /personal.yaml "/out/\${view##*/}"
      done
      rm /tmp/partition`,
    ]);
  return Promise.all(["medium.iso", "partition"].map((name) => seen.file(`/out/${name}`).contents()));
}

test("an ISO gets its owner's cloud-config and is otherwise what it was; image, SBOM, manifest and the build's ISO have none", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const mine = await mediumAlone(recipe, image, secret(owner(MARK)));
    expect(await mine.name()).toBe(`personal-${recipe.artefacts.medium}`);
    expect(await onIso(recipe, mine)).toEqual([owner(MARK), owner(MARK)]);
    const { listing } = inspect(recipe, image.rootfs());
    const facts = parseFacts(await inspectIso(recipe, mine, listing).contents());
    expect(isoProblems("kairos", facts, recipe.mediumConfig)).toEqual([]);
    expect(facts.get("file")).toContain("/personal.yaml");

    const searched = await tool(recipe.auroraboot)
      .withMountedDirectory("/searched/rootfs", image.rootfs())
      .withMountedDirectory("/searched/build", await build(recipe, image))
      .withExec(["sh", "-c", `grep -rlaF ${MARK} /searched || echo none`])
      .stdout();
    expect(searched.trim()).toBe("none");
  });
});

test("a RAW disk gets it in COS_OEM, for root alone", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const plan: Recipe = { ...recipe, artefacts: { ...recipe.artefacts, medium: "kairos-v0.0.0-dev.raw.zst" } };
    const mine = personal(plan, raw(plan, image.rootfs()).disk, secret(owner(MARK)));
    const seen = tool(recipe.auroraboot)
      .withMountedFile("/disk.zst", mine)
      .withExec([
        "sh",
        "-euc",
        `zstd -q -d --sparse -o /tmp/disk /disk.zst
        ${TOOLS}/raw-facts.sh /tmp/disk > /facts
        offset=$(sed -n 's/^partition [^ ]* \\([0-9]*\\) .* COS_OEM .*/\\1/p' /facts)
        debugfs -R 'cat /91_personal.yaml' "/tmp/disk?offset=$offset" > /personal.yaml
        debugfs -R 'stat /91_personal.yaml' "/tmp/disk?offset=$offset" > /stat
        rm /tmp/disk`,
      ]);
    expect(await seen.file("/personal.yaml").contents()).toBe(owner(MARK));
    expect(await seen.file("/stat").contents()).toMatch(/Mode: +0600[\s\S]*User: +0 +Group: +0/);
    const facts = parseRawFacts(await seen.file("/facts").contents());
    // All that a build would not let pass is the file itself.
    const problems = rawProblems({ name: "kairos", model: "generic", arch: "amd64" }, facts, recipe.mediumConfig);
    expect(problems.map(({ rule }) => rule)).toEqual(["raw/oem-files"]);
  });
});

test("the next person gets their own, also where the secret has the same name", async () => {
  for (const mark of ["one", "two"]) {
    await onEngine(async () => {
      const { recipe, image } = await nodeImage("kairos");
      const medium = iso(recipe, image.rootfs());
      const mine = personal(recipe, medium, dag.setSecret("config", owner(mark)));
      expect(await onIso(recipe, mine)).toEqual([owner(mark), owner(mark)]);
    });
  }
});

test("what no machine would take is refused before anything is built, and not shown", async () => {
  await onEngine(async () => {
    const { recipe } = await nodeImage("kairos");
    const never = dag.container().from("registry.invalid/never:1");
    const message = await failure("kairos", () => mediumAlone(recipe, never, secret(`name: ${MARK}\n`)));
    expect(message).toContain("--config:1:1: it does not start with the line #cloud-config");
    expect(message).not.toContain(MARK);
    const lost = await failure("kairos", () => mediumAlone(recipe, never, secret(owner(MARK.slice(1)))));
    expect(lost).toContain("--config:5:27: This is no key to log in with");
  });
});
