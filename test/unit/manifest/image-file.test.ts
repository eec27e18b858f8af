import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageFileBytes } from "../../../.dagger/src/manifest/image-file.js";

const MiB = 1024 ** 2;
const line = (type: string, size: number | "-", content: string, path: string) =>
  `${type}\t644\t0:0\t${size}\t${content}\t${path}\n`;

const blocks = (listing: string) => (imageFileBytes(listing) * (1 - 0.018)) / 4096;

test("a file takes whole blocks, and one more for each 1024 beyond its first twelve", () => {
  const file = (bytes: number) => Math.round(blocks(line("f", bytes, "aa", "/x")));
  // An inode of its own alone is 16 KiB of the file: four blocks.
  expect(file(0)).toBe(4);
  expect(file(12 * 4096)).toBe(12);
  expect(file(12 * 4096 + 1)).toBe(14);
  expect(file((12 + 1024) * 4096)).toBe(12 + 1024 + 1);
  expect(file((12 + 1024) * 4096 + 1)).toBe(12 + 1024 + 1 + 3);
});

test("many small files need inodes, of which there is one for each 16 KiB", () => {
  const empty = Array.from({ length: 1000 }, (_, i) => line("f", 0, "aa", `/${i}`)).join("");
  expect(imageFileBytes(empty)).toBe(1000 * 16384);
});

// Against the mkfs that kairos-agent calls, with the defaults of 512 MiB and more, for which a test would have to write as much.
const folder = mkdtempSync(join(tmpdir(), "image-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a tree goes into a file of that size, and not into one a tenth smaller", () => {
  const root = join(folder, "root");
  let listing = line("d", "-", "-", "/d");
  mkdirSync(join(root, "d"), { recursive: true });
  const put = (path: string, bytes: number) => {
    writeFileSync(join(root, path), Buffer.alloc(bytes, "x"));
    listing += line("f", bytes, "aa", `/${path}`);
  };
  for (let i = 0; i < 1500; i++) put(`d/${i}`, (i * 7919) % 30_000);
  put("large", 60 * MiB + 1);
  for (const [i, target] of ["short", "x".repeat(70)].entries()) {
    symlinkSync(target, join(root, `link${i}`));
    listing += line("l", "-", target, `/link${i}`);
  }
  const fits = (bytes: number) => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    truncateSync(file, Math.ceil(bytes / MiB) * MiB);
    const large = ["-b", "4096", "-I", "256", "-i", "16384", "-O", "^resize_inode"];
    const { status, stderr } = spawnSync("mke2fs", ["-q", "-F", "-t", "ext2", ...large, "-d", root, file]);
    if (status !== 0) expect(String(stderr)).toContain("Could not allocate block");
    return status === 0;
  };
  expect([fits(imageFileBytes(listing)), fits(imageFileBytes(listing) * 0.9)]).toEqual([true, false]);
});
