import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dag } from "@dagger.io/dagger";
import { parseContent } from "../../../.dagger/src/manifest/content.js";
import { inspected } from "../../../.dagger/src/media/build.js";
import { layGuidesNode } from "../../unit/house/guide.js";
import { failure, nodeImage, onEngine } from "./engine";

// Whoever has followed docs/nodes.md can build: the image of its node, up to where a medium would be made.

const folder = mkdtempSync(join(tmpdir(), "hegemonikon-guide-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the guide's node: an image fit to leave, with its package, its file, its unit, and what Kairos enables", async () => {
  layGuidesNode(folder);
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("angelos", dag.host().directory(join(folder, "nodes")));
    const { listing } = await inspected(recipe, image);
    const paths = parseContent(listing).map(({ path }) => path);
    for (const path of [
      "/usr/sbin/mosquitto",
      "/etc/mosquitto/conf.d/homelab.conf",
      "/usr/lib/systemd/system/mosquitto.service",
      "/usr/lib/systemd/system/multi-user.target.wants/mosquitto.service",
      "/usr/lib/systemd/system/systemd-timesyncd.service",
    ])
      expect(paths).toContain(path);
  });
}, 1_200_000);

test("a package in it that would drive out one of Kairos' own: node, step and both packages, before anything is installed", async () => {
  layGuidesNode(folder);
  const path = join(folder, "nodes/angelos/node.yaml");
  writeFileSync(path, readFileSync(path, "utf8").replace("packages:\n", "packages:\n  - chrony\n"));
  await onEngine(async () => {
    const { image } = await nodeImage("angelos", dag.host().directory(join(folder, "nodes")));
    const message = await failure("angelos", () => image.sync());
    expect(message).toContain('angelos: the step "the node\'s packages" failed with exit code 100');
    expect(message).toContain("E: chrony would remove systemd-timesyncd");
    expect(message).toContain('docs/nodes.md, "packages"');
  });
}, 600_000);
