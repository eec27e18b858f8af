import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { summarize } from "../../../.dagger/src/manifest/content.js";
import { Manifest } from "../../../.dagger/src/manifest/manifest.js";
import { nodeNames } from "../../nodes.js";

// Every node as a user builds it, and what came out looked at with programs that this repository does not bring.

const root = join(import.meta.dir, "../../..");
const nodes = nodeNames(root);
/** What a Raspberry Pi's boot ROM looks for in the first partition. */
const FIRMWARE: { [model: string]: string[] } = {
  rpi3: ["bootcode.bin", "start.elf", "fixup.dat", "config.txt"],
  rpi4: ["start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "config.txt"],
};

function run(command: string, ...args: string[]): string {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env } });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.status}\n${done.stderr}`);
  return done.stdout;
}

test("all nodes are looked at", () => {
  expect(nodes).toContain("kairos");
});

describe.each(nodes)("%s", (node) => {
  const folder = mkdtempSync(join(tmpdir(), `hegemonikon-${node}-`));
  const path = (name: string) => join(folder, name);
  const text = (name: string) => readFileSync(path(name), "utf8");
  const { arch, medium, model } = parse(readFileSync(join(root, "nodes", node, "node.yaml"), "utf8"));
  const stem = `${node}-v1.2.3-full.1`;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is built by the launcher", () => {
    run(join(root, "hegemonikon"), "build", `--node=${node}`, "--version=v1.2.3-full.1", "-o", folder);
    expect(existsSync(path("SHA256SUMS"))).toBe(true);
  });

  test("sha256sum -c agrees, and every file is in it", () => {
    const done = spawnSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
    expect(done.stderr + done.stdout).toBe("");
    expect(text("SHA256SUMS").trim().split("\n")).toHaveLength(readdirSync(folder).length - 1);
  });

  test("manifest and SBOM follow their forms and agree with each other", () => {
    const manifest = Manifest.parse(JSON.parse(text("manifest.json")));
    expect(manifest).toMatchObject({ node, arch, medium, version: "v1.2.3-full.1" });
    expect(manifest.contentDigest).toBe(summarize(text("content.txt")).digest);
    expect(manifest.sizes.image).toBeLessThanOrEqual(manifest.budgets.image);
    expect(manifest.sizes.medium).toBeLessThanOrEqual(manifest.budgets.medium);
    const { bomFormat, components } = JSON.parse(text("sbom.cdx.json"));
    expect(bomFormat).toBe("CycloneDX");
    const debs = new Map<string, string>(
      components.map((c: { name: string; version: string; purl?: string }) => [`${c.name} ${c.version}`, c.purl]),
    );
    for (const { name, version } of manifest.packages) {
      expect(debs.get(`${name} ${version}`)).toStartWith("pkg:deb/");
    }
  });

  test("skopeo reads the image: architecture, version, layers", () => {
    const archive = `oci-archive:${path(`${stem}.oci.tar`)}`;
    const image = JSON.parse(run("skopeo", "inspect", "--override-arch", arch, archive));
    expect(image).toMatchObject({ Architecture: arch, Os: "linux" });
    expect(image.Labels["org.opencontainers.image.version"]).toBe("v1.2.3-full.1");
    expect(image.Layers.length).toBeGreaterThan(3);
  });

  if (medium === "iso") {
    test("the ISO has Kairos' label, boots by BIOS and UEFI, and holds kernel, initrd, system", () => {
      const iso = path(`${stem}.iso`);
      expect(run("blkid", "-p", "-o", "value", "-s", "LABEL", iso).trim()).toBe("COS_LIVE");
      const report = run("xorriso", "-indev", iso, "-report_el_torito", "plain");
      expect(report).toMatch(/El Torito boot img : +1 +BIOS/);
      expect(report).toMatch(/El Torito boot img : +2 +UEFI/);
      const files = run("xorriso", "-indev", iso, "-find", "/", "-type", "f");
      for (const file of ["/boot/kernel", "/boot/initrd", "/rootfs.squashfs"]) expect(files).toContain(`'${file}'`);
    });
  } else {
    test("the RAW has Kairos' partitions, and the Pi's firmware in its ESP", () => {
      const disk = path("disk.raw");
      run("zstd", "-q", "-d", "--sparse", "-o", disk, path(`${stem}.raw.zst`));
      const { partitiontable } = JSON.parse(run("sfdisk", "-J", disk));
      expect(partitiontable.label).toBe("gpt");
      const labels = partitiontable.partitions.map(({ start }: { start: number }) =>
        run("blkid", "-p", "-o", "value", "-s", "LABEL", "--offset", String(start * 512), disk).trim(),
      );
      expect(labels).toEqual(["COS_GRUB", "COS_OEM", "COS_RECOVERY"]);
      const esp = run("mdir", "-b", "-/", "-i", `${disk}@@${partitiontable.partitions[0].start * 512}`, "::/");
      for (const file of FIRMWARE[model] ?? []) expect(esp.toLowerCase()).toContain(file);
    });
  }
});
