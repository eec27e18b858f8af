import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { planFiles, type Stage } from "../../../.dagger/src/boot/stages";
import { driverStages, UPGRADE_PORT } from "../../../.dagger/src/boot/upgrade/driver";
import { UpgradeFault } from "../../../.dagger/src/boot/upgrade/fault";
import { AWAIT_SECONDS, installStage, upgradeStages, variantPath } from "../../../.dagger/src/boot/upgrade/stages";
import { brokenAssertion, variantAssertions, variantRecipe } from "../../../.dagger/src/boot/upgrade/variants";
import { recipeOf } from "../../../.dagger/src/plan/recipe";
import { input, node as nodeWith } from "../plan/inputs";

const node = nodeWith();
const recipe = recipeOf({ ...input(), version: "v1.2.3", revision: "" });
const ALL = Object.values(UpgradeFault);
const stages = (faults = ALL) => upgradeStages(node, "v1.2.3", faults);
const named = (name: string, faults = ALL) => stages(faults).find((stage) => stage.name.endsWith(`-${name}`)) as Stage;

test("one boot a stage: before, after, and for each fault the way there and back; a panic never gets as far as a stage", () => {
  expect(stages().map(({ name }) => name)).toEqual([
    "02-before",
    "03-after",
    "04-service-fails",
    "05-service-back",
    "06-assertion-fails",
    "07-assertion-back",
    "08-hang-fails",
    "09-hang-back",
    "10-emergency-fails",
    "11-emergency-back",
    "12-panic-back",
  ]);
  const names = [installStage(), ...stages()].map(({ name }) => name);
  expect(names).toEqual([...names].sort());
});

test("the order of faults is the test's, and a fault asked for twice is tried once", () => {
  const { Assertion, Panic } = UpgradeFault;
  expect(stages([Panic, Assertion, Panic]).map(({ name }) => name)).toEqual([
    "02-before",
    "03-after",
    "04-assertion-fails",
    "05-assertion-back",
    "06-panic-back",
  ]);
});

test("each upgrade is to the image that the next stage expects", () => {
  const upgrades = stages().map(({ upgrade }) => upgrade?.reference);
  expect(upgrades).toEqual([
    `10.0.2.2:5000/${node.name}:after`,
    `10.0.2.2:5000/${node.name}:service`,
    undefined,
    `10.0.2.2:5000/${node.name}:assertion`,
    undefined,
    `10.0.2.2:5000/${node.name}:hang`,
    undefined,
    `10.0.2.2:5000/${node.name}:emergency`,
    undefined,
    `10.0.2.2:5000/${node.name}:panic`,
    undefined,
  ]);
  expect(variantPath(node, UpgradeFault.Panic)).toBe(`${node.name}:panic`);
});

test("who is back says what was wrong, and is the version upgraded to", () => {
  expect(named("service-back")).toMatchObject({
    boots: "passive",
    version: "v1.2.3",
    says: ["v1.2.3-service did not prove its role", "FAIL  the service that the role needs runs"],
  });
  expect(named("panic-back").says).toEqual(["It did not come as far as a verdict"]);
  expect(named("hang-back").says).toEqual(["v1.2.3-hang did not come as far as the role gate"]);
  expect(named("emergency-back").says).toEqual(["v1.2.3-emergency did not come as far as the role gate"]);
  expect(named("after").says).toEqual(["to v1.2.3 is good"]);
});

test("each fault's own sign is tolerated where it is to be seen, and nowhere else", () => {
  const tolerant = stages().flatMap(({ name, tolerates }) => (tolerates ? [[name, Object.keys(tolerates)]] : []));
  expect(tolerant).toEqual([
    ["10-emergency-fails", ["emergency-shell"]],
    ["12-panic-back", ["kernel-panic", "restart"]],
  ]);
  expect(named("panic-back").arguments).not.toContain("-no-reboot");
  expect(named("panic-back").ends).toBe("done");
});

test("a failing boot has no port, so that nobody asks it; who upgrades has the port for that", () => {
  expect(named("assertion-fails").arguments.join(" ")).not.toContain("virtserialport");
  expect(named("before").arguments.join(" ")).toContain(UPGRADE_PORT);
  expect(named("assertion-back", [UpgradeFault.Assertion]).arguments.join(" ")).not.toContain(UPGRADE_PORT);
});

test("the plan: a disk that is gone on with, and an upgrade as a second part of its stage", () => {
  const plan = new Map(
    planFiles({ arch: "amd64", memory: "4GiB" }, stages(), "uefi", true, 2 ** 30).map(({ path, text }) => [path, text]),
  );
  expect(plan.get("disks")).toBe("disk.qcow2 40G\n");
  // active, passive, and the one that is written beside them, however many upgrades there are
  expect(plan.get("room")).toBe("3072\n");
  expect(plan.get("02-before/then/upgrade")).toBe(`10.0.2.2:5000/${node.name}:after\n`);
  expect(plan.get("02-before/ends")).toBe("done\n");
  expect(plan.get("02-before/then/ends")).toBe("exit\n");
  expect(plan.get("12-panic-back/watch.tsv")).toContain("kernel-panic\t2\t");
  expect(plan.get("07-assertion-back/watch.tsv")).toContain("kernel-panic\t0\t");
});

test("what the version before has, the others have not, and say so", () => {
  const paths = (variant: Parameters<typeof variantRecipe>[1]) =>
    variantRecipe(recipe, variant).role.map(({ path }) => path);
  const own = paths("before").filter((path) => !paths("after").includes(path));
  expect(own).toEqual([
    "/usr/lib/hegemonikon/upgrade-test/only-before",
    "/usr/lib/systemd/system/upgrade-test-before.service",
    "/usr/lib/systemd/system/multi-user.target.wants/upgrade-test-before.service",
  ]);
  const gone = variantAssertions(node, "after").map(({ command }) => command);
  expect(gone).toContain("! test -e /usr/lib/hegemonikon/upgrade-test/only-before");
  expect(gone).toContain("! systemctl cat upgrade-test-before.service");
});

test("a variant's version and assertions are in its image", () => {
  const { release, version, role } = variantRecipe(recipe, UpgradeFault.Assertion);
  expect([version, release.KAIROS_VERSION]).toEqual(["v1.2.3-assertion", "v1.2.3-assertion"]);
  const table = role.filter(({ path }) => path.endsWith("/assertions.tsv"));
  expect(table).toHaveLength(1);
  expect(table[0]?.kind === "text" && table[0].text).toContain(`1\t${brokenAssertion(UpgradeFault.Assertion)}\t`);
  expect(variantRecipe({ ...recipe, version: "v0.0.0-dev" }, "before").version).toBe("v0.0.0-dev.before");
  expect(variantRecipe(recipe, "after").version).toBe("v1.2.3");
});

test("the broken images: no initrd, a unit that fails, an assertion that never holds", () => {
  const added = (fault: UpgradeFault) =>
    variantRecipe(recipe, fault).role.filter(
      ({ path }) => !variantRecipe(recipe, "after").role.some((e) => e.path === path),
    );
  expect(added(UpgradeFault.Panic).map(({ path }) => path)).toEqual(["/boot/initrd"]);
  expect(added(UpgradeFault.Service).map(({ kind }) => kind)).toEqual(["text", "link"]);
  expect(added(UpgradeFault.Assertion)).toEqual([]);
  expect(added(UpgradeFault.Hang).map(({ path }) => path)).toEqual(["/system/oem/96_upgrade-test-hang.yaml"]);
  expect(added(UpgradeFault.Emergency).map(({ path }) => path)).toContain(
    "/usr/lib/systemd/system/local-fs.target.requires/upgrade-test-broken.service",
  );
  expect(brokenAssertion(UpgradeFault.Panic)).toBeUndefined();
});

test("the disk's own stages put the driver in place at each boot, and give the gate time", () => {
  const [step] = parse(driverStages()).stages.initramfs;
  const file = (end: string) => step.files.find(({ path }: { path: string }) => path.endsWith(end));
  expect(file("/drive")).toMatchObject({ permissions: 0o755 });
  expect(file("/drive").content).toContain(`/dev/virtio-ports/${UPGRADE_PORT}`);
  expect(file("hegemonikon-upgrade.service").content).toContain(
    `ConditionPathExists=/dev/virtio-ports/${UPGRADE_PORT}`,
  );
  expect(file("hegemonikon-upgrade.service").content).toContain(`ExecStart=${file("/drive").path}\n`);
  for (const unit of ["role-gate", "role-gate-await"]) {
    const { content } = file(`${unit}.service.d/50-patience.conf`);
    expect(content).toContain(`ROLE_GATE_SECONDS=${AWAIT_SECONDS}\n`);
    expect(content).toContain(`ExecStartPre=-${file("/patience").path}\n`);
  }
});

test("the gate has as much time as its host: the name of a port tells", () => {
  const [step] = parse(driverStages()).stages.initramfs;
  const text: string = step.files.find(({ path }: { path: string }) => path.endsWith("/patience")).content;
  const dir = mkdtempSync(join(tmpdir(), "patience-"));
  for (const [port, name] of [
    ["vport1p1", "hegemonikon.role-check"],
    ["vport1p2", "hegemonikon.scale.8"],
  ] as const) {
    mkdirSync(join(dir, port));
    writeFileSync(join(dir, port, "name"), `${name}\n`);
  }
  const env = { PATH: process.env.PATH, VIRTIO_PORTS: dir, PATIENCE: join(dir, "patience") };
  expect(spawnSync("bash", ["-c", text], { env, timeout: 20_000 }).status).toBe(0);
  expect(readFileSync(join(dir, "patience"), "utf8")).toBe("ROLE_GATE_SCALE=8\n");
});

test("an upgrade that fails says why in records that the kernel takes and Ubuntu's serial line shows", () => {
  const [step] = parse(driverStages()).stages.initramfs;
  const text: string = step.files.find(({ path }: { path: string }) => path.endsWith("/drive")).content;
  const dir = mkdtempSync(join(tmpdir(), "drive-"));
  try {
    writeFileSync(join(dir, "port"), "10.0.2.2:5000/node:after\n");
    writeFileSync(join(dir, "kairos-agent"), `#!/bin/sh\nprintf '%01500d\\nregistry: refused\\n' 7\nexit 3\n`);
    chmodSync(join(dir, "kairos-agent"), 0o755);
    const here = text
      .replace(`/dev/virtio-ports/${UPGRADE_PORT}`, join(dir, "port"))
      .replace("/run/hegemonikon-upgrade.log", join(dir, "log"))
      .replace("/dev/kmsg", join(dir, "kmsg"));
    const ran = spawnSync("bash", ["-c", here], { env: { PATH: `${dir}:${process.env.PATH}` }, timeout: 20_000 });
    expect(ran.status).toBe(3);
    const records = readFileSync(join(dir, "kmsg"), "utf8").trim().split("\n");
    expect(records.slice(1)).toEqual(["<3>registry: refused", "<3>upgrade-test: the upgrade ended with exit code 3"]);
    expect(records[0]).toStartWith("<3>000");
    expect(records[0]?.length).toBeLessThan(992);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a node whose medium is a RAW is told what proves it, before anything is made of it", async () => {
  const { upgradeTest } = await import("../../../.dagger/src/boot/upgrade/upgrade-test");
  const raw = recipeOf({ ...input({ medium: "raw" }), version: "v1.2.3", revision: "" });
  // No folder of the node: whatever came first would fail at it.
  const asked = upgradeTest(raw, undefined as never, { faults: [], kvm: true, evenFailed: false, attempt: 1 });
  await expect(asked).rejects.toThrow(
    "--node: found probe, whose medium is raw, expected a node whose medium is iso: upgrade-test installs from it; " +
      "boot --node=probe --route=installed proves a RAW",
  );
  // The function asks for no medium itself: its words would be those of iso and raw.
  const index = readFileSync(join(import.meta.dir, "../../../.dagger/src/index.ts"), "utf8");
  expect(index.slice(index.indexOf("async upgradeTest("))).not.toContain("medium:");
});
