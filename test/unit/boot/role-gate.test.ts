import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { roleGateEntries } from "../../../.dagger/src/boot/role-gate/entries";

const files = join(import.meta.dir, "../../../.dagger/src/boot/role-gate/files");

/** What does not hold now, and before the upgrade; how programs end; and what happens while an upgrade is judged. */
type Told = {
  fails?: string[];
  before?: string[];
  role?: number;
  meanwhile?: string;
  editenv?: number;
  scale?: string;
};

/** What role-check says of these assertions. */
const says = (failing: string[]) =>
  `printf '%s\\n' 'noos: Local-AI' '  ok    the host name is noos' ${failing.map((name) => `'  FAIL  ${name}' '        | no'`).join(" ")}`;

/** A machine of files: its programs note how they were called; role-check and grub2-editenv end as told. */
function machine(
  boots: "active" | "passive",
  { fails = [], before = [], role = fails.length > 0 ? 1 : 0, meanwhile = "", editenv = 0, scale = "" }: Told = {},
) {
  const root = mkdtempSync(join(tmpdir(), "role-gate-"));
  const notes = join(root, "usr/local/lib/hegemonikon/upgrade");
  const calls = join(root, "calls");
  mkdirSync(join(root, "run/cos"), { recursive: true });
  mkdirSync(join(root, "run/initramfs/cos-state"), { recursive: true });
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "kairos-release"), 'KAIROS_ID="kairos"\nKAIROS_VERSION="v2.0.0"\n');
  writeFileSync(join(root, `run/cos/${boots}_mode`), "");
  const program = (name: string, code: number, says = "") => {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${says}\nexit ${code}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  };
  program("grub2-editenv", editenv);
  program("journalctl", 0, "echo 'unit: broken'");
  for (const name of ["mount", "systemctl", "sync"]) program(name, 0);
  const env = {
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    ROLE_GATE_NOTES: notes,
    ROLE_GATE_RUN: join(root, "run"),
    ROLE_GATE_RELEASE: join(root, "kairos-release"),
    ROLE_GATE_SCALE: scale,
  };
  return {
    notes,
    bin: join(root, "bin"),
    run: (name: "arm" | "judge") => {
      if (name === "arm") program("role-check", before.length > 0 ? 1 : 0, says(before));
      else program("role-check", role, `${says(fails)}\n${meanwhile.replaceAll("$NOTES", notes)}`);
      return spawnSync(join(files, name), [], { env, encoding: "utf8" });
    },
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").replaceAll(root, "").trim().split("\n") : []),
    note: (name: string) => (existsSync(join(notes, name)) ? readFileSync(join(notes, name), "utf8") : undefined),
    motd: () => {
      const path = join(root, "run/motd.d/50-hegemonikon");
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    },
    /** GRUB starts the previous image, and says why. */
    fallsBack: () => {
      spawnSync("rm", ["-f", join(root, "run/cos/active_mode")]);
      writeFileSync(join(root, "run/cos/passive_mode"), "");
      writeFileSync(join(root, "run/cos/upgrade_failure"), "");
    },
  };
}

const set = (value: string) =>
  `grub2-editenv /run/initramfs/cos-state/boot_assessment set enable_boot_assessment=${value} boot_assessment_tentative=${value}`;

test("a boot that follows no upgrade is not judged", () => {
  const box = machine("active");
  expect(box.run("judge").status).toBe(0);
  expect(box.calls()).toEqual([]);
});

test("an upgrade whose role is proven: GRUB watches until then, and no longer", () => {
  const box = machine("active");
  expect(box.run("arm").status).toBe(0);
  expect(box.note("pending")).toBe("v2.0.0\n");
  const judged = box.run("judge");
  expect(judged.status).toBe(0);
  expect(judged.stdout).toContain("The upgrade from v2.0.0 to v2.0.0 is good.");
  expect(box.calls().filter((call) => !/^(sync|mount)/.test(call))).toEqual([
    "role-check ",
    set("yes"),
    "role-check --wait --scale=1",
    set(""),
  ]);
  expect(box.note("pending")).toBeUndefined();
  expect(box.run("judge").status).toBe(0);
  expect(box.calls().filter((call) => call.startsWith("role-check"))).toHaveLength(2);
});

test.each([1, 2])("role-check ends with %d: the reason is kept, GRUB still watches, the machine restarts", (role) => {
  const box = machine("active", { role, fails: ["it answers"] });
  box.run("arm");
  box.run("judge");
  expect(box.calls().filter((call) => !/^(sync|mount|journalctl)/.test(call))).toEqual([
    "role-check ",
    set("yes"),
    "role-check --wait --scale=1",
    "systemctl reboot",
  ]);
  expect(box.note("failed")).toStartWith(
    "v2.0.0 did not prove its role:\nNew since the upgrade: it answers\nnoos: Local-AI\n",
  );
  expect(box.note("failed")).toContain("  FAIL  it answers\n        | no\nIts journal: ");
  expect(box.note("failed-journal")).toBe("unit: broken\n");
  expect(box.note("pending")).toBeUndefined();
});

test("the previous image says why, at each of its boots, and restarts nothing", () => {
  const box = machine("active", { fails: ["it answers"] });
  box.run("arm");
  box.run("judge");
  box.fallsBack();
  const before = box.calls().length;
  for (let boot = 0; boot < 2; boot++) {
    expect(box.run("judge").status).toBe(0);
    expect(box.motd()).toContain("An upgrade was taken back: this is v2.0.0");
    expect(box.motd()).toContain("  FAIL  it answers");
  }
  expect(box.calls()).toHaveLength(before);
});

test("an image that never came to a verdict is told apart", () => {
  const box = machine("active");
  box.run("arm");
  box.fallsBack();
  box.run("judge");
  expect(box.motd()).toContain("It did not come as far as a verdict: a panic, a hang, or a power cut.");
  expect(box.note("pending")).toBeUndefined();
});

test("a machine that restarted while it was judged, too", () => {
  const box = machine("active");
  box.run("arm");
  renameSync(join(box.notes, "pending"), join(box.notes, "judging"));
  box.fallsBack();
  box.run("judge");
  expect(box.note("taken-back")).toContain("It did not come as far as a verdict");
  expect(box.note("judging")).toBeUndefined();
});

test("the previous image, chosen by hand: nothing was taken back, and the new one is still to be judged", () => {
  const box = machine("passive");
  box.run("arm");
  expect(box.run("judge").status).toBe(0);
  expect(box.motd()).toBe("");
  expect(box.note("pending")).toBeDefined();
});

test("an upgrade written while the one before is judged: GRUB goes on watching, for it", () => {
  const box = machine("active", { meanwhile: "rm -f $NOTES/*; echo v3 > $NOTES/pending" });
  box.run("arm");
  box.run("judge");
  expect(box.calls().filter((call) => call.startsWith("grub2-editenv"))).toEqual([set("yes")]);
  expect(box.note("pending")).toBe("v3\n");
});

test("what did not hold before the upgrade either is said, and no reason to go back", () => {
  const box = machine("active", { before: ["mowa answers", "a [ring] is sent"], fails: ["a [ring] is sent"] });
  expect(box.run("arm").status).toBe(0);
  expect(box.note("failing")).toBe("mowa answers\na [ring] is sent\n");
  const judged = box.run("judge");
  expect(judged.stdout).toContain(
    "The upgrade from v2.0.0 to v2.0.0 is good.\nAs before it, this does not hold: a [ring] is sent\n",
  );
  expect(box.calls().filter((call) => /^(grub2|systemctl)/.test(call))).toEqual([set("yes"), set("")]);
  expect(box.note("judging")).toBeUndefined();
});

test("what fails besides is a reason to go back, and named", () => {
  const box = machine("active", { before: ["mowa answers"], fails: ["mowa answers", "the relay runs"] });
  box.run("arm");
  box.run("judge");
  expect(box.calls().at(-1)).toBe("systemctl reboot");
  expect(box.note("failed")).toContain("New since the upgrade: the relay runs\n");
  expect(box.note("failed")).not.toContain("New since the upgrade: mowa answers");
});

test("a role-check that cannot run is a reason to go back, whatever failed before", () => {
  const box = machine("active", { before: ["mowa answers"], role: 2 });
  box.run("arm");
  box.run("judge");
  expect(box.calls().at(-1)).toBe("systemctl reboot");
});

test("an upgrade that Kubernetes starts is noted on the machine, and not in the container it runs in", () => {
  const host = mkdtempSync(join(tmpdir(), "host-"));
  mkdirSync(join(host, "etc"));
  writeFileSync(join(host, "etc/kairos-release"), "KAIROS_VERSION=v1.0.0\n");
  const env = { PATH: process.env.PATH, KUBERNETES_SERVICE_HOST: "10.96.0.1", HOST_DIR: host };
  expect(spawnSync(join(files, "arm"), [], { env }).status).toBe(0);
  expect(readFileSync(join(host, "usr/local/lib/hegemonikon/upgrade/pending"), "utf8")).toBe("v1.0.0\n");
});

test("a machine slower than hardware gives the role more time", () => {
  const box = machine("active", { scale: "20" });
  box.run("arm");
  box.run("judge");
  expect(box.calls()).toContain("role-check --wait --scale=20");
});

test("where GRUB cannot be told to watch, nothing is restarted: it would start the same image", () => {
  const box = machine("active", { fails: ["it answers"], editenv: 1 });
  box.run("arm");
  const judged = box.run("judge");
  expect(judged.stdout).toContain("will not be taken back by itself");
  expect(box.calls().some((call) => call.startsWith("systemctl"))).toBe(false);
  expect(box.motd()).toContain("did not prove its role");
});

test("a new upgrade forgets what was noted about the one before", () => {
  const box = machine("active", { fails: ["it answers"] });
  box.run("arm");
  box.run("judge");
  box.run("arm");
  expect(box.note("failed")).toBeUndefined();
  expect(box.note("pending")).toBe("v2.0.0\n");
});

test("in the image: armed by Kairos after an upgrade, the unit enabled, paths as its parts name them", () => {
  const entries = roleGateEntries();
  const text = (path: string) =>
    entries.flatMap((entry) => (entry.path === path && entry.kind === "text" ? [entry.text] : []))[0];
  const stage = parse(text("/system/oem/95_role-gate.yaml") ?? "");
  expect(stage.stages["after-upgrade"][0].commands).toEqual(["/usr/lib/hegemonikon/role-gate/arm"]);
  expect(text("/usr/lib/hegemonikon/role-gate/arm")).toStartWith("#!/bin/sh\n");
  expect(text("/usr/lib/systemd/system/role-gate.service")).toContain(
    "ExecStart=/usr/lib/hegemonikon/role-gate/judge\n",
  );
  expect(entries).toContainEqual({
    kind: "link",
    path: "/usr/lib/systemd/system/multi-user.target.wants/role-gate.service",
    target: "../role-gate.service",
  });
});
