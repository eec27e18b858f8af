import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DRACUT_CONF } from "../../../.dagger/src/image/kairos.js";

// Which compressor makes the initrd, and that what was made is recognised.

const root = join(import.meta.dir, "../../..");
const script = join(root, ".dagger/src/media/scripts/initrd-facts.sh");
const folder = mkdtempSync(join(tmpdir(), "initrd-"));
afterAll(() => rmSync(folder, { recursive: true }));

function facts(content: Uint8Array | string): string[] {
  const path = join(folder, "initrd");
  writeFileSync(path, content);
  const { stdout, exitCode } = Bun.spawnSync([script, path]);
  expect(exitCode).toBe(0);
  return String(stdout).trim().split("\n");
}

function through(program: string, content: string): Uint8Array {
  const { stdout, exitCode } = Bun.spawnSync([program, "-c"], { stdin: Buffer.from(content) });
  expect(exitCode).toBe(0);
  return stdout;
}

const archive = `070701${"0".repeat(104)}usr/lib/modules/6.8.0-45-generic/kernel/fs\0\0TRAILER!!!`;

test("our choice is read after upstream's: dracut sorts names as sort -V does, and the last one wins", () => {
  // kairos-init: DracutConfigPath and the others beside it.
  const upstream = ["99-immucore.conf", "kairos-network.conf", "kairos-xhci-renesas.conf", "10-debian.conf"];
  const names = [basename(DRACUT_CONF), ...upstream].join("\n");
  const { stdout } = Bun.spawnSync(["sort", "-Vu"], {
    stdin: Buffer.from(names),
    env: { ...process.env, LC_ALL: "C" },
  });
  expect(String(stdout).trim().split("\n").at(-1)).toBe(basename(DRACUT_CONF));
});

test("the stand-in's file has upstream's name and compressor, or nothing here could show who wins", () => {
  const path = "local/mirror/standins/kairos-init/files/etc/dracut.conf.d/99-immucore.conf";
  expect(readFileSync(join(root, path), "utf8")).toContain('compress="xz"\n');
});

test.each([
  ["zstd", "zstd"],
  ["xz", "xz"],
  ["gzip", "gzip"],
])("an initrd made by %s: its compressor and its kernel are noted", (program, name) => {
  expect(facts(through(program, archive))).toEqual([`initrd-compression\t${name}`, "initrd-kernel\t6.8.0-45-generic"]);
});

test("microcode in front, and a main archive behind it", () => {
  const microcode = `070701${"0".repeat(104)}early_cpio\0TRAILER!!!${"\0".repeat(300)}`;
  const content = Buffer.concat([Buffer.from(microcode), through("zstd", archive)]);
  expect(facts(content)).toEqual(["initrd-compression\tzstd", "initrd-kernel\t6.8.0-45-generic"]);
});

test("what is no initrd is a fact, too, and has no kernel", () => {
  expect(facts("something else")).toEqual(["initrd-compression\tunknown, it starts with 736f6d657468"]);
});
