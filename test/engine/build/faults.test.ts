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
    // A package that lays its file and then fails in its own script, as those of a broken mirror's day do.
    const broken = `mkdir -p /tmp/half/DEBIAN /tmp/half/usr && touch /tmp/half/usr/half
      printf 'Package: half\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody <n@example.org>\\nDescription: half\\n' > /tmp/half/DEBIAN/control
      printf '#!/bin/sh\\necho "no device for half" >&2; exit 3\\n' > /tmp/half/DEBIAN/postinst
      chmod 755 /tmp/half/DEBIAN/postinst
      dpkg-deb -b /tmp/half /tmp/half.deb && apt-get -y install /tmp/half.deb`;
    const half = image
      .withMountedDirectory(SCRIPTS, dag.host().directory(".dagger/src/image/scripts"))
      .withExec([`${SCRIPTS}/step.sh`, "half a step", "sh", "-euc", broken]);
    const message = await failure("kairos", () => half.sync());
    expect(message).toContain('the step "half a step" failed with exit code 100');
    expect(message).toContain("no device for half");
    expect(message).toContain("E: Sub-process /usr/bin/dpkg returned an error code (1)");
    expect(await image.exists("/usr/half")).toBe(false);
    expect(await image.withExec(["dpkg", "--audit"]).stdout()).toBe("");
  });
});

test("kairos-init failing: what apt said is shown, and not how kairos-init is used", async () => {
  await onEngine(async () => {
    // An archive where nobody listens, for whichever distribution the base is of.
    const nobody = (distribution: string) =>
      `\n  nobody-${distribution}:\n    kind: apt-snapshot\n    for: tests\n    distribution: ${distribution}\n    url: http://127.0.0.1:9/{version}\n    version: 20260101T000000Z\n`;
    const own = sourcesText().replace(/^ {2}[\w.-]+:\n {4}kind: apt-snapshot\n(?: {4}.*\n)*/gm, "");
    const text = own.trimEnd() + nobody("debian") + nobody("ubuntu");
    const { image } = await nodeImage("kairos", nodesDir(), sourcesFile(text));
    const message = await failure("kairos", () => image.sync());
    expect(message).toContain('kairos: the step "Kairos: its packages and the kernel');
    expect(message).toMatch(
      /^ {2}E: (Unable to locate package|Package .* has no installation candidate|Failed to fetch)/m,
    );
    expect(message).toContain("http://127.0.0.1:9/");
    expect(message).not.toContain("--provider");
  });
}, 600_000);

/** Makes a node's medium where /tmp has 64 MiB, and gives the message of that failure. */
async function crowded(node: string, script: string, ...more: string[]): Promise<string> {
  const { recipe } = await nodeImage(node);
  const { image } = await nodeImage("kairos");
  const medium = tool(recipe.auroraboot)
    .withMountedDirectory("/rootfs", image.rootfs())
    .withMountedTemp("/tmp", { size: 64 * 1024 * 1024 })
    .withNewFile("/medium.yaml", recipe.mediumConfig)
    .withExec(
      [`${TOOLS}/titled.sh`, "the medium", `${TOOLS}/${script}`, "x", "/rootfs", "/medium.yaml", "/out", ...more],
      { insecureRootCapabilities: script === "make-raw.sh" },
    );
  return failure(node, () => medium.sync());
}

test("too little disk for the ISO or the RAW: said in a second, with figures, and nothing is left", async () => {
  await onEngine(async () => {
    for (const message of [await crowded("kairos", "make-iso.sh"), await crowded("thuroros", "make-raw.sh", "arm64")]) {
      expect(message).toMatch(/: the step "the medium" failed with exit code 1\nThe last lines it wrote:\n/);
      expect(message).toMatch(
        /found 0\.1 GiB of free disk for \/tmp, expected [1-9][\d.]* GiB: [34] times the root file system of \d\.\d GiB/,
      );
    }
  });
});

test("no space left although the check let it pass: said in words", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    // AuroraBoot alone, without make-iso.sh, which looks first.
    const command = ["auroraboot", "build-iso", "--output", "/out", "--cloud-config", "/medium.yaml", "dir:/rootfs"];
    const full = tool(recipe.auroraboot)
      .withMountedDirectory("/rootfs", image.rootfs())
      .withMountedTemp("/tmp", { size: 64 * 1024 * 1024 })
      .withNewFile("/medium.yaml", recipe.mediumConfig)
      .withExec([`${TOOLS}/titled.sh`, "the ISO", ...command]);
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
      /found kairos, whose medium is iso.*call iso --node=kairos/,
    );
  });
});
