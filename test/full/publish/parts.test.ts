import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connection, dag } from "@dagger.io/dagger";
import { imageReference } from "../../../.dagger/src/plan/references.js";
import { ASSET_LIMIT, PART_SIZE, releasedMedium } from "../../../.dagger/src/plan/release-plan.js";
import { withSums } from "../../../.dagger/src/publish/released-files.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";

const root = join(import.meta.dir, "../../..");

test("a medium of more than 2 GiB goes into parts that GitHub takes, and its line joins and checks them", async () => {
  const { sources } = parseSources("sources.yaml", readFileSync(join(root, "sources.yaml")));
  if (!sources) throw new Error("sources.yaml cannot be read");
  const tools = imageReference(sources, "ubuntu-24.04").address.replace(/@.*/, "");
  const folder = mkdtempSync(join(tmpdir(), "hegemonikon-2gib-"));
  const bytes = 2100 * 1024 ** 2 + 7;
  const medium = releasedMedium("noos-v1.0.0.iso", bytes);
  try {
    await connection(async () => {
      // Numbers, as parts of zeros alone could be joined in any order.
      const made = dag
        .container()
        .from(tools)
        .withExec(["sh", "-c", 'seq 400000000 | head -c "$1" > /medium', "sh", String(bytes)]);
      await withSums(tools, dag.directory(), made.file("/medium"), medium).export(folder);
    });
    const parts = [1, 2].map((part) => `${medium.name}.part-0${part}`);
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", ...parts]);
    const sizes = parts.map((part) => statSync(join(folder, part)).size);
    expect([sizes[0], (sizes[0] ?? 0) + (sizes[1] ?? 0), Math.max(...sizes) < ASSET_LIMIT]).toEqual([
      PART_SIZE,
      bytes,
      true,
    ]);
    expect(execFileSync("sh", ["-c", medium.join ?? "false"], { cwd: folder, encoding: "utf8" })).toBe(
      `${medium.name}: OK\n`,
    );
    expect(statSync(join(folder, medium.name)).size).toBe(bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 3_600_000);
