import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dag } from "@dagger.io/dagger";
import { parseContent } from "../../../.dagger/src/manifest/content.js";
import { inspected } from "../../../.dagger/src/media/build.js";
import { layGuidesNode } from "../../unit/house/guide.js";
import { nodeImage, onEngine } from "./engine";

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
