import { expect, test } from "bun:test";
import { type Directory, dag } from "@dagger.io/dagger";
import { differences, parseContent } from "../../../.dagger/src/manifest/content.js";
import { mediumAlone } from "../../../.dagger/src/media/build.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";
import { compared, inspect, inspectIso } from "../../../.dagger/src/media/inspect.js";
import { iso } from "../../../.dagger/src/media/iso.js";
import { isoProblems } from "../../../.dagger/src/media/iso-guards.js";
import { problemsOf } from "../../../.dagger/src/media/problems-of.js";
import { raw } from "../../../.dagger/src/media/raw.js";
import { parseRawFacts, rawProblems } from "../../../.dagger/src/media/raw-guards.js";
import { sameRootfsProblems } from "../../../.dagger/src/media/same-rootfs.js";
import { TOOLS, tool } from "../../../.dagger/src/media/tool.js";
import type { Recipe } from "../../../.dagger/src/plan/recipe.js";
import { failure, nodeImage, nodesDir, onEngine } from "./engine";

// The media's guards, on media that AuroraBoot really made of a node's image.

const defaultUser = '#cloud-config\nstages:\n  initramfs:\n    - users:\n        kairos:\n          passwd: "kairos"\n';
const rules = (problems: { rule: string }[]) => problems.map(({ rule }) => rule);

test("an ISO passes; with a default user, or without a file of the image, it does not", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const { listing } = inspect(recipe, image.rootfs());
    const facts = parseFacts(await inspectIso(recipe, iso(recipe, image.rootfs()), listing).contents());
    expect(isoProblems("kairos", facts, recipe.mediumConfig)).toEqual([]);

    const open: Recipe = { ...recipe, mediumConfig: defaultUser };
    const without = image.rootfs().withoutFile("/usr/bin/kairos-agent");
    const wrong = parseFacts(await inspectIso(recipe, iso(open, without), listing).contents());
    const problems = isoProblems("kairos", wrong, recipe.mediumConfig);
    expect(rules(problems)).toEqual(["iso/config", "iso/same-rootfs"]);
    expect(problems[0]?.found).toBe("AuroraBoot's default user kairos/kairos");
    expect(problems[1]?.found).toBe("/usr/bin/kairos-agent");
  });
});

test("an ISO with another content, mode or owner of one file is not the image's: names alone do not tell", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const { listing } = inspect(recipe, image.rootfs());
    const edits = [
      "echo 0123456789abcdef0123456789abcdef > /etc/machine-id",
      // As long as before: /etc is looked into.
      "sed -i s/^root:x/root:y/ /etc/passwd",
      "chmod 600 /usr/bin/kairos-agent && chown 7:7 /usr/bin/immucore",
    ];
    const edited = image.withExec(["sh", "-euc", edits.join("\n")]).rootfs();
    const facts = parseFacts(await inspectIso(recipe, iso(recipe, edited), listing).contents());
    const [problem, ...more] = isoProblems("kairos", facts, recipe.mediumConfig);
    expect(more).toEqual([]);
    expect(problem?.rule).toBe("iso/same-rootfs");
    const found = problem?.found ?? "";
    expect(found).toMatch(/\/etc\/machine-id \(size 0 -> 33/);
    expect(found).toMatch(/\/etc\/passwd \(content /);
    expect(found).toMatch(/\/usr\/bin\/kairos-agent \(mode 755 -> 600\)/);
    expect(found).toMatch(/\/usr\/bin\/immucore \(owner 0:0 -> 7:7\)/);
  });
});

test("a file capability is in the listing and on the ISO; without it, the medium is not the image's", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const path = "/usr/bin/arping";
    const listed = async (rootfs: Directory) => {
      const { listing } = inspect(recipe, rootfs);
      return { listing, text: await listing.contents() };
    };
    const [before, after] = await Promise.all([
      listed(image.rootfs()),
      listed(image.withExec(["setcap", "-r", path]).rootfs()),
    ]);
    const able = parseContent(before.text).find((entry) => entry.path === path);
    // cap_net_raw, effective and permitted
    expect(able?.mode).toMatch(/^755\+cap:0100000200200000/);
    expect(differences(before.text, after.text)).toMatchObject([{ path, what: `mode ${able?.mode} -> 755` }]);

    // The layers of the archive carry it: what is pulled has it, too.
    const pulled = dag.container().import_(image.asTarball());
    expect(differences(before.text, (await listed(pulled.rootfs())).text)).toEqual([]);

    const without = iso(recipe, image.withExec(["setcap", "-r", path]).rootfs());
    const facts = parseFacts(await inspectIso(recipe, without, before.listing).contents());
    const problems = isoProblems("kairos", facts, recipe.mediumConfig);
    expect(problems).toMatchObject([
      { rule: "iso/same-rootfs", found: `${path} (mode ${able?.mode} -> 755)`, reason: expect.any(String) },
    ]);
  });
});

test("a medium over its budget fails, and shows the image's largest files", async () => {
  await onEngine(async () => {
    const small = (text: string) => text.replace(/medium: \d.*/, "medium: 64MiB");
    const { recipe, image } = await nodeImage("kairos", nodesDir({ "kairos/node.yaml": small }));
    const message = await failure("kairos", () => mediumAlone(recipe, image));
    expect(message).toContain("The medium is larger than budgets.medium allows");
    expect(message).toMatch(/MiB \/boot\/initrd/);
    expect(message).toContain("expected at most 64MiB");
  });
});

test("the ISO's root file system is compressed with zstd where the kernel reads it, and with gzip where not", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    // The shim alone: a whole ISO by gzip takes minutes.
    const bench = tool(recipe.auroraboot).withNewFile("/in/a", "x".repeat(1000));
    const squash = (path: string, ...more: string[]) =>
      bench
        .withExec([
          "sh",
          "-c",
          `PATH=${path}$PATH; mksquashfs /in /out.sq "$@" > /dev/null; unsquashfs -s /out.sq`,
          "sh",
          ...more,
        ])
        .stdout();
    expect(await squash(`${TOOLS}/shim:`, "-b", "1024k")).toContain("Compression zstd");
    expect(await squash(`${TOOLS}/shim:`, "-comp", "xz")).toContain("Compression xz");
    expect(await squash("")).toContain("Compression gzip");
    expect(await image.file("/boot/initrd").size()).toBeGreaterThan(0);
  });
});

test("a RAW for the Raspberry Pi has the Pi's firmware, u-boot and device tree, and is made without emulation", async () => {
  await onEngine(async () => {
    const { recipe: pi } = await nodeImage("thuroros");
    const { image } = await nodeImage("kairos");
    // AuroraBoot goes by what /etc/kairos-release says: no program of the root file system runs.
    const model = image.withExec(["sed", "-i", 's/^KAIROS_MODEL=.*/KAIROS_MODEL="rpi4"/', "/etc/kairos-release"]);
    const facts = parseRawFacts(await raw(pi, model.rootfs()).facts.contents());
    const board = { ...pi.node, arch: "amd64" } as const; // of the root file system, whose loaders are in the ESP
    expect(rawProblems(board, facts, pi.mediumConfig)).toEqual([]);
    expect(rules(rawProblems(pi.node, facts, pi.mediumConfig))).toEqual(["raw/efi"]);
    // Each thing that a Pi starts from is missed when it is gone.
    for (const file of ["start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "config.txt"]) {
      const esp = facts.esp.filter((path) => path.toLowerCase() !== file);
      expect(rules(rawProblems(board, { ...facts, esp }, pi.mediumConfig))).toEqual(["raw/pi-firmware"]);
    }
    const espConfig = facts.espConfig.filter((line) => !line.startsWith("kernel="));
    expect(rules(rawProblems(board, { ...facts, espConfig }, pi.mediumConfig))).toEqual(["raw/pi-uboot"]);
  });
});

test("a RAW passes; one for a Raspberry Pi without its firmware, or with a default user, does not", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const plan: Recipe = { ...recipe, artefacts: { ...recipe.artefacts, medium: "kairos-v0.0.0-dev.raw.zst" } };
    const made = raw(plan, image.rootfs());
    const facts = parseRawFacts(await made.facts.contents());
    expect(rawProblems(recipe.node, facts, recipe.mediumConfig)).toEqual([]);
    expect(rules(rawProblems({ ...recipe.node, model: "rpi4" }, facts, recipe.mediumConfig))).toEqual([
      "raw/pi-firmware",
      "raw/pi-uboot",
    ]);
    expect(rules(rawProblems(recipe.node, facts, defaultUser))).toEqual(["raw/config"]);

    // Its root file system is the image's, to the byte; and not that of an image which differs in one file.
    const differences = async (rootfs: Directory) => {
      const { listing } = inspect(recipe, rootfs);
      const facts = parseFacts(await compared(recipe, listing, made.content).contents());
      return sameRootfsProblems(problemsOf("RAW of kairos", "raw"), facts);
    };
    expect(await differences(image.rootfs())).toEqual([]);
    const other = image.withExec(["sh", "-euc", "chmod 700 /usr/bin/immucore; setcap -r /usr/bin/arping"]);
    const [changed] = await differences(other.rootfs());
    expect(changed?.rule).toBe("raw/same-rootfs");
    expect(changed?.found).toMatch(
      /\/usr\/bin\/arping \(mode 755 -> 755\+cap:\w+\), \/usr\/bin\/immucore \(mode 700 -> 755\)/,
    );

    // The same disk with another cloud-config beside its own.
    const openDisk = (change: string) =>
      tool(recipe.auroraboot)
        .withMountedFile("/disk.zst", made.disk)
        .withExec([
          "sh",
          "-euc",
          `zstd -q -d --sparse -o /tmp/disk /disk.zst
          start=$(sfdisk -d /tmp/disk | sed -n 's/.*start= *\\([0-9]*\\).*/\\1/p' | sed -n 2p)
          ${change}
          ${TOOLS}/raw-facts.sh /tmp/disk > /facts`,
        ])
        .file("/facts")
        .contents();
    const extra = await openDisk(
      `echo '#cloud-config' > /tmp/x; debugfs -w -R 'write /tmp/x 91_extra.yaml' "/tmp/disk?offset=$((start * 512))"`,
    );
    expect(rawProblems(recipe.node, parseRawFacts(extra), recipe.mediumConfig)).toMatchObject([
      { rule: "raw/oem-files", found: "/91_extra.yaml" },
    ]);

    // The same disk with another label, and with a partition entry of another size.
    const spoilt = await openDisk(
      `debugfs -w -R 'ssv volume_name COS_OTHER' "/tmp/disk?offset=$((start * 512))"
      echo ', 20480' | sfdisk -q --no-reread -N 1 /tmp/disk`,
    );
    const wrong = rawProblems(recipe.node, parseRawFacts(spoilt), recipe.mediumConfig);
    expect(wrong.map(({ message }) => message)).toEqual([
      "COS_GRUB is too small",
      "There is no partition labelled COS_OEM",
    ]);

    // Compressed it is no more than a fifth of the disk.
    expect((await made.disk.size()) * 5).toBeLessThan(
      Math.max(...facts.partitions.map(({ offset, bytes }) => offset + bytes)),
    );
    expect(await dag.directory().withFile("x", made.disk).entries()).toEqual(["x"]);
  });
});
