import { expect, test } from "bun:test";
import { type Container, dag } from "@dagger.io/dagger";
import { parse } from "yaml";
import { usersOf } from "../../../.dagger/src/cloudconfig/facts.js";
import { imageProblems } from "../../../.dagger/src/image/guards.js";
import { inspected } from "../../../.dagger/src/media/build.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";
import { inspect } from "../../../.dagger/src/media/inspect.js";
import { failure, nodeImage, nodesDir, onEngine } from "./engine";

// Each guard is made to fail on a real image: the node's own, with one thing wrong.

/** The rules that an image breaks. */
async function broken(change: (image: Container) => Container): Promise<string[]> {
  let rules: string[] = [];
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const facts = parseFacts(await inspect(recipe, change(image).rootfs()).facts.contents());
    rules = imageProblems("kairos", facts).map(({ rule }) => rule);
  });
  return rules;
}

test("the image itself passes", async () => {
  expect(await broken((image) => image)).toEqual([]);
});

test("the initrd is made by our compressor, not by the one that kairos-init lays down", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    expect(await image.file("/etc/dracut.conf.d/99-immucore.conf").contents()).toContain('compress="xz"');
    const facts = parseFacts(await inspect(recipe, image.rootfs()).facts.contents());
    expect(facts.get("initrd-compression")).toEqual(["zstd"]);
  });
});

test("a kernel without the EFI stub", async () => {
  const strip = ["sh", "-c", "sed -i s/^CONFIG_EFI_STUB=y/CONFIG_EFI_STUB=n/ /boot/config-*"];
  expect(await broken((image) => image.withExec(strip))).toEqual(["image/efi-stub"]);
});

test("a second kernel", async () => {
  const second = ["sh", "-c", "cp /boot/vmlinuz-* /boot/vmlinuz-9.9.9"];
  expect(await broken((image) => image.withExec(second))).toEqual(["image/one-kernel"]);
});

test("a second kernel stops the build", async () => {
  await onEngine(async () => {
    const { recipe, image } = await nodeImage("kairos");
    const second = image.withExec(["sh", "-c", "cp /boot/vmlinuz-* /boot/vmlinuz-9.9.9"]);
    const message = await failure("kairos", () => inspected(recipe, second));
    expect(message).toContain("Kernels that never boot are in the image");
    expect(message).toContain("boot/vmlinuz-9.9.9");
  });
});

test("no initrd", async () => {
  expect(await broken((image) => image.withoutFile("/boot/initrd"))).toEqual(["image/initrd"]);
});

test("an initrd that was made for another kernel", async () => {
  // An uncompressed archive is an initrd too.
  const other =
    "cd /tmp && mkdir -p lib/modules/9.9.9/kernel && printf '070701lib/modules/9.9.9/kernel' > /boot/initrd";
  expect(await broken((image) => image.withExec(["sh", "-c", other]))).toEqual(["image/initrd"]);
});

test("an identity, keys, lists, logs and passwords, all named", async () => {
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
  const rules = await broken((image) =>
    image
      .withNewFile("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
      .withNewFile("/etc/ssh/ssh_host_ed25519_key", "x")
      .withNewFile("/root/.ssh/id_ed25519", key)
      .withNewFile("/var/lib/apt/lists/deb_dists", "x")
      .withNewFile("/var/log/dpkg.log", "x")
      .withExec(["sh", "-c", "echo 'eve:$6$salt$hash:1::::::' >> /etc/shadow"]),
  );
  expect(rules.sort()).toEqual([
    "image/no-apt-list",
    "image/no-log",
    "image/no-machine-id",
    "image/no-password-hash",
    "image/no-private-key",
    "image/no-ssh-host-key",
  ]);
});

const accounting = "/system/oem/10_accounting.yaml";

test("the password that kairos-init gives its user, and its stand-in too, is not in the image", async () => {
  await onEngine(async () => {
    const { image } = await nodeImage("kairos");
    const text = await image.file(accounting).contents();
    expect(text).toContain("live_mode");
    expect(usersOf(text).map(({ name, passwd }) => [name, passwd?.value])).toEqual(Array(2).fill(["kairos", "!"]));
  });
});

test("Kairos' web installer is off in the image, and the next image's file as large as the budget", async () => {
  await onEngine(async () => {
    const { image } = await nodeImage("kairos");
    expect(parse(await image.file("/etc/kairos/agent.yaml").contents())).toEqual({ webui: { disable: true } });
    const { upgrade } = parse(await image.file("/etc/kairos/91_upgrade.yaml").contents());
    expect(upgrade).toEqual({ system: { size: 4096 }, "recovery-system": { size: 4096 } });
  });
});

test("an image with such a password", async () => {
  const given = ["sh", "-c", `sed -i 's/passwd: .*/passwd: kairos/' ${accounting}`];
  expect(await broken((image) => image.withExec(given))).toEqual(Array(2).fill("image/no-known-password"));
});

test("an image over its budget fails and shows its largest files", async () => {
  await onEngine(async () => {
    const small = (text: string) => text.replace(/image: .*/, "image: 64MiB");
    const { recipe, image } = await nodeImage("kairos", nodesDir({ "kairos/node.yaml": small }));
    const message = await failure("kairos", () => inspected(recipe, image));
    expect(message).toContain("The image is larger than budgets.image allows");
    expect(message).toMatch(/MiB \/boot\/initrd/);
    expect(message).toContain("expected at most 64MiB");
  });
});

test("a root file system without a single program is looked into all the same: an arm64 image needs no emulation", async () => {
  await onEngine(async () => {
    const { recipe } = await nodeImage("kairos");
    // No program at all in this one: facts come from outside.
    const facts = await inspect(
      recipe,
      dag
        .directory()
        .withNewFile("boot/vmlinuz-1", "x")
        .withSymlink("/boot/vmlinuz-1", "boot/vmlinuz")
        .withNewDirectory("usr/lib/modules/1")
        .withNewDirectory("etc")
        .withNewFile("var/lib/dpkg/status", ""),
    ).facts.contents();
    expect(imageProblems("kairos", parseFacts(facts)).map(({ rule }) => rule)).toEqual([
      "image/initrd",
      "image/efi-stub",
    ]);
  });
});
