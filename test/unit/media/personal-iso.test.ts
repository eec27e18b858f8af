import { afterAll, expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { auroraIso } from "./aurora-iso";

// personal-iso.sh, on an ISO as AuroraBoot makes it: on a CD it is read as a whole, on a USB stick also through partition 1.

const folder = mkdtempSync(join(tmpdir(), "personal-iso-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(import.meta.dir, "../../../.dagger/src/media/scripts/personal-iso.sh");
const iso = auroraIso(folder);
const mine = join(folder, "mine.yaml");
writeFileSync(mine, "#cloud-config\nhostname: mine\n");

type Partition = { start: number; size: number; type: string };
const partitions = (medium: string): Partition[] =>
  JSON.parse(String(execFileSync("sfdisk", ["-J", medium], { stdio: ["ignore", "pipe", "ignore"] }))).partitiontable
    .partitions;

/** The first partition of a medium, as a file. */
function partition(medium: string): string {
  const [first] = partitions(medium);
  if (!first) throw new Error(`${medium} has no partition`);
  const bytes = Buffer.alloc(first.size * 512);
  const from = openSync(medium, "r");
  readSync(from, bytes, 0, bytes.length, first.start * 512);
  closeSync(from);
  const file = join(folder, "partition");
  writeFileSync(file, bytes);
  return file;
}

/** What a file of an ISO holds; none where it has no such file. */
function content(view: string, path: string): string | undefined {
  const to = join(folder, "extracted");
  rmSync(to, { force: true });
  const { status } = spawnSync("xorriso", ["-osirrox", "on", "-indev", view, "-extract", path, to]);
  return status === 0 ? readFileSync(to, "latin1") : undefined;
}

const run = (medium: string, copy: string) => {
  const { exitCode, stderr } = Bun.spawnSync([script, medium, mine, copy]);
  return { exitCode, said: String(stderr) };
};

test("the owner's file is there, whichever way the ISO is mounted; all else is as it was", () => {
  const copy = join(folder, "out", "copy.iso");
  expect(content(iso, "/personal.yaml")).toBeUndefined();
  expect(run(iso, copy)).toEqual({ exitCode: 0, said: "" });
  for (const view of [copy, partition(copy)]) {
    expect(content(view, "/personal.yaml")).toBe("#cloud-config\nhostname: mine\n");
    expect(content(view, "/config.yaml")).toBe("#cloud-config\n");
    expect(content(view, "/rootfs.squashfs")).toBe(readFileSync(join(folder, "root/rootfs.squashfs"), "latin1"));
    expect(execFileSync("blkid", ["-p", "-o", "value", "-s", "LABEL", view]).toString().trim()).toBe("COS_LIVE");
  }
  expect(content(iso, "/personal.yaml")).toBeUndefined();
});

test("the copy starts as the ISO does: its boot records are the same, the table fits it, and it is about as large", () => {
  const copy = join(folder, "copy.iso");
  run(iso, copy);
  const boot = (medium: string) =>
    execFileSync("xorriso", ["-indev", medium, "-report_el_torito", "as_mkisofs"], {
      stdio: ["ignore", "pipe", "ignore"],
    })
      .toString()
      .replaceAll(/interval:local_fs:[^\n]*|_start_\d+s/g, "");
  expect(boot(iso)).toContain("--grub2-boot-info");
  expect(boot(copy)).toBe(boot(iso));
  expect(partitions(copy).map(({ type }) => type)).toEqual(partitions(iso).map(({ type }) => type));
  const end = Math.max(...partitions(copy).map(({ start, size }) => start + size));
  expect(statSync(copy).size).toBeGreaterThanOrEqual(end * 512);
  expect(statSync(copy).size).toBeLessThan(statSync(iso).size + 64 * 1024);
});

test("what is no ISO is refused, and the file is not shown", () => {
  const { exitCode, said } = run(mine, join(folder, "never.iso"));
  expect(exitCode).toBe(1);
  expect(said).toContain("personal-iso: the ISO has no partitions");
  expect(said).not.toContain("hostname");
});
