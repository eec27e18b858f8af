import { expect, test } from "bun:test";
import { dag } from "@dagger.io/dagger";
import { roleFolder } from "../../../.dagger/src/image/role.js";
import { SCRIPTS } from "../../../.dagger/src/image/scripts.js";
import { TOOLS, tool } from "../../../.dagger/src/media/tool.js";
import { failure, nodeImage, nodesDir, onEngine, sourcesFile, sourcesText } from "./engine";

const zeros = `sha256:${"0a".repeat(32)}`;

/** The trial's sources with one entry's text changed. */
function sourcesWith(name: string, change: (entry: string) => string): string {
  const changed = sourcesText().replace(new RegExp(`^ {2}${name}:\\n(?: {3,}.*\\n|\\s*\\n)+`, "m"), change);
  expect(changed).not.toBe(sourcesText());
  return changed;
}

test("a base of another digest than pinned: the address is named", async () => {
  await onEngine(async () => {
    const text = sourcesWith("ubuntu-24.04", (entry) => entry.replace(/digest: .*/, `digest: ${zeros}`));
    const { image } = await nodeImage("kairos", nodesDir(), sourcesFile(text));
    const message = await failure("kairos", () => image.sync());
    expect(message).toStartWith("kairos: ");
    expect(message).toContain(zeros);
    expect(message).not.toContain("    at ");
  });
});

test("a download of another sha256 than pinned: both sums are said", async () => {
  await onEngine(async () => {
    const sum = "0a".repeat(32);
    const text = sourcesWith("k0s", (entry) => entry.replace(/amd64: [0-9a-f]{64}/, `amd64: ${sum}`));
    const { recipe } = await nodeImage("protos", nodesDir(), sourcesFile(text));
    const message = await failure("protos", () => roleFolder(recipe, nodesDir().directory("protos")).sync());
    expect(message).toStartWith("protos: ");
    expect(message).toContain(sum);
    expect(message).not.toContain("    at ");
  });
});

test("a source that cannot be reached: the address is named", async () => {
  await onEngine(async () => {
    const text = sourcesWith("kairos-init", (entry) =>
      entry
        .replace(/reference: .*/, "reference: registry.invalid/kairos/kairos-init")
        .replace(/digest: .*\n/, "standin: true\n")
        .replace(/standin: true\n\s*standin: true\n/, "standin: true\n"),
    );
    const { image } = await nodeImage("kairos", nodesDir(), sourcesFile(text));
    const message = await failure("kairos", () => image.sync());
    expect(message).toContain("registry.invalid");
  });
});

test("a package that there is not: node, step and apt's own words", async () => {
  await onEngine(async () => {
    const more = (text: string) => text.replace("packages:\n", "packages:\n  - no-such-package-anywhere\n");
    const { image } = await nodeImage("kairos", nodesDir({ "kairos/node.yaml": more }));
    const message = await failure("kairos", () => image.sync());
    expect(message).toContain('kairos: the step "the node\'s packages" failed with exit code 100');
    expect(message).toContain("Unable to locate package no-such-package-anywhere");
  });
});

test("apt failing half way leaves no layer behind: the next build without the fault works", async () => {
  await onEngine(async () => {
    const { image } = await nodeImage("kairos");
    const half = image
      .withMountedDirectory(SCRIPTS, dag.host().directory(".dagger/src/image/scripts"))
      .withExec([`${SCRIPTS}/step.sh`, "half a step", "sh", "-c", "touch /usr/half && exit 3"]);
    expect(await failure("kairos", () => half.sync())).toContain('the step "half a step" failed with exit code 3');
    expect(await image.exists("/usr/half")).toBe(false);
  });
});

test("no space left while the ISO is made: said in words, and no ISO is left", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const full = tool(recipe.auroraboot)
      .withMountedDirectory("/rootfs", image.rootfs())
      .withMountedTemp("/tmp", { size: 64 * 1024 * 1024 })
      .withNewFile("/medium.yaml", recipe.mediumConfig)
      .withExec([`${TOOLS}/titled.sh`, "the ISO", `${TOOLS}/make-iso.sh`, "x", "/rootfs", "/medium.yaml", "/out"]);
    const message = await failure("kairos", () => full.sync());
    expect(message).toContain('kairos: the step "the ISO" failed');
    expect(message).toContain("the disk is full");
  });
});

test("a node whose medium is another is told so before anything is built", async () => {
  await onEngine(async () => {
    const { readRecipe } = await import("../../../.dagger/src/image/read-recipe.js");
    const wanted = { node: "kairos", version: "v1.0.0", revision: "", medium: "raw" } as const;
    expect(readRecipe(nodesDir(), sourcesFile(), wanted)).rejects.toThrow(
      /kairos has the medium iso.*call iso --node=kairos/,
    );
  });
});
