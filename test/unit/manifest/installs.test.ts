import { expect, test } from "bun:test";
import { imageFileBytes, installerFileBytes } from "../../../.dagger/src/manifest/image-file.js";
import { installationProblems } from "../../../.dagger/src/manifest/installs.js";

const MiB = 1024 ** 2;
const file = (bytes: number, path: string) => `f\t644\t0:0\t${bytes}\taa\t${path}\n`;
const link = (path: string, target: string) => `l\t777\t0:0\t-\t${target}\t${path}\n`;
const node = { name: "probe", medium: "iso", install: {} } as const;

/** As many files of a size that wastes half a block each. */
const small = (count: number) => Array.from({ length: count }, (_, i) => file(18 * 1024, `/usr/${i}`)).join("");

test("the installer's file: the bytes of the files and 100 MiB", () => {
  expect(installerFileBytes(file(5 * MiB, "/a") + file(MiB / 2, "/b"))).toBe(105 * MiB);
});

test("a link counts as what it leads to, but once with it; one from the root counts beside it", () => {
  const large = file(5 * MiB, "/usr/bin/large");
  expect(installerFileBytes(large + link("/usr/bin/l", "large") + link("/usr/lib/l", "../bin/large"))).toBe(105 * MiB);
  expect(installerFileBytes(large + link("/etc/l", "/usr/bin/large") + link("/opt/l", "/usr/bin/large"))).toBe(
    110 * MiB,
  );
  expect(installerFileBytes(large + link("/usr/bin/far", "/etc/l") + link("/etc/l", "/usr/bin/large"))).toBe(115 * MiB);
  expect(installerFileBytes(large + link("/a", "b") + link("/b", "a") + link("/c", "/nowhere"))).toBe(105 * MiB);
});

test("an image that needs more than that is a warning with the size to ask for, on an ISO only", () => {
  const few = small(1000);
  const many = small(100_000);
  expect(installationProblems(node, few)).toEqual([]);
  const size = Math.ceil(imageFileBytes(many) / MiB);
  expect(size * MiB).toBeGreaterThan(installerFileBytes(many));
  expect(installationProblems(node, many)).toMatchObject([
    { severity: "warning", expected: `install.system.size: ${size} or more, in MiB` },
  ]);
  expect(installationProblems({ ...node, install: { system: { size } } }, many)).toEqual([]);
  expect(installationProblems({ ...node, install: { "system.size": size - 1 } }, many)).toHaveLength(1);
  expect(installationProblems({ ...node, medium: "raw" }, many)).toEqual([]);
});
