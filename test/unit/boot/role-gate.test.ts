import { expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parse } from "yaml";
import { roleGateEntries } from "../../../.dagger/src/boot/role-gate/entries";

const files = join(import.meta.dir, "../../../.dagger/src/boot/role-gate/files");

/** What does not hold now, and before the upgrade; how programs end; and what happens while an upgrade is judged. */
type Told = {
  fails?: string[];
  before?: string[];
  role?: number;
  meanwhile?: string;
  /** How often grub2-editenv fails from which call on; its exit code is 1 then. */
  editenv?: { from: number; times: number };
  /** Whether COS_STATE is writable, by somebody else. */
  state?: "ro" | "rw";
  scale?: string;
};

/** What role-check says of these assertions: a name each, and maybe behind a tab its command. */
const says = (failing: string[]) => {
  const lines = failing.flatMap((one) => {
    const [name = "", command = `false ${name}`] = one.split("\t");
    const code = "        exit code 1 after 2 attempt(s), 3 s";
    return [`  FAIL  ${name}`, `        $ ${command}`, code, "        | no", "        | $ no"];
  });
  const all = ["noos: Local-AI", "  ok    the host name is noos", ...lines];
  return `printf '%s\\n' ${all.map((line) => `'${line}'`).join(" ")}`;
};

/** A machine of files: its programs note how they were called; role-check and grub2-editenv end as told. */
function machine(
  boots: "active" | "passive" | "recovery" | "autoreset",
  {
    fails = [],
    before = [],
    role = fails.length > 0 ? 1 : 0,
    meanwhile = "",
    editenv,
    state = "ro",
    scale = "",
  }: Told = {},
) {
  const root = mkdtempSync(join(tmpdir(), "role-gate-"));
  const notes = join(root, "usr/local/lib/hegemonikon/upgrade");
  const calls = join(root, "calls");
  mkdirSync(join(root, "run/cos"), { recursive: true });
  const images = join(root, "run/initramfs/cos-state/cOS");
  mkdirSync(images, { recursive: true });
  writeFileSync(join(images, "active.img"), "v1");
  mkdirSync(join(root, "bin"));
  writeFileSync(join(root, "kairos-release"), 'KAIROS_ID="kairos"\nKAIROS_VERSION="v2.0.0"\n');
  writeFileSync(join(root, `run/cos/${boots}_mode`), "");
  const program = (name: string, code: number, says = "") => {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\necho "${name} $*" >> ${calls}\n${says}\nexit ${code}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  };
  const { from = 0, times = 0 } = editenv ?? {};
  program(
    "grub2-editenv",
    0,
    `n=$(grep -c ^grub2-editenv ${calls}); [ $n -lt ${from} ] || [ $n -ge ${from + times} ] || exit 1`,
  );
  program("findmnt", 0, `echo ${state},relatime`);
  program("journalctl", 0, "echo 'unit: broken'");
  for (const name of ["mount", "systemctl", "sync"]) program(name, 0);
  const env = {
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    ROLE_GATE_NOTES: notes,
    ROLE_GATE_RUN: join(root, "run"),
    ROLE_GATE_RELEASE: join(root, "kairos-release"),
    ROLE_GATE_SCALE: scale,
    ROLE_GATE_PAUSE: "0",
    ROLE_GATE_TTY: "/nonexistent/tty",
    ROLE_GATE_SECONDS: "0",
  };
  return {
    notes,
    env,
    bin: join(root, "bin"),
    run: (name: "judge" | "await-gate") => {
      const more = meanwhile.replaceAll("$NOTES", notes).replaceAll("$FILES", files);
      program("role-check", role, `[ "$1" != --wait ] && exit 0\n${says(fails)}\n${more}`);
      return spawnSync(join(files, name), [], { env, encoding: "utf8", timeout: 20_000 });
    },
    /** kairos-agent writes an image, with its hooks. */
    upgrade: (image: "active" | "recovery" = "active") => {
      program("role-check", before.length > 0 ? 1 : 0, says(before));
      const hook = (when: string) => spawnSync(join(files, "arm"), [when], { env, encoding: "utf8" });
      expect(hook("before").status).toBe(0);
      if (image === "active") {
        writeFileSync(join(images, "transition.img"), "v2");
        renameSync(join(images, "active.img"), join(images, "passive.img"));
        renameSync(join(images, "transition.img"), join(images, "active.img"));
      }
      const after = hook("after");
      expect(after.status).toBe(0);
      return after;
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
    /** The machine starts the same image again. */
    restarts: () => spawnSync("rm", ["-rf", join(root, "run/hegemonikon-role-gate"), join(root, "run/motd.d")]),
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
  box.upgrade();
  expect(box.note("pending")).toBe("v2.0.0\n");
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect([mode(box.notes), mode(join(box.notes, "..")), mode(join(box.notes, "../.."))]).toEqual([0o700, 0o755, 0o755]);
  const judged = box.run("judge");
  expect(judged.status).toBe(0);
  expect(judged.stdout).toContain("The upgrade from v2.0.0 to v2.0.0 is good.");
  expect(box.calls().filter((call) => !/^(sync|mount|findmnt)/.test(call))).toEqual([
    "role-check --again=60",
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
  box.upgrade();
  box.run("judge");
  expect(box.calls().filter((call) => !/^(sync|mount|findmnt|journalctl)/.test(call))).toEqual([
    "role-check --again=60",
    set("yes"),
    "role-check --wait --scale=1",
    "systemctl --no-block reboot",
  ]);
  expect(box.note("failed")).toStartWith(
    "v2.0.0 did not prove its role:\nNew since the upgrade: it answers\nnoos: Local-AI\n",
  );
  expect(box.note("failed")).toContain("  FAIL  it answers\n        $ false it answers\n");
  expect(box.note("failed")).toContain("        | no\n        | $ no\nIts journal: ");
  expect(box.note("failed-journal")).toBe("unit: broken\n");
  // what programs printed is root's alone; its name is everybody's
  for (const name of ["failed", "failed-journal"]) expect(statSync(join(box.notes, name)).mode & 0o077).toBe(0);
  expect(box.motd()).toContain("  FAIL  it answers\n");
  expect(box.motd()).not.toContain("| no");
  expect(box.note("pending")).toBeUndefined();
});

test("the previous image says why, at each of its boots, and restarts nothing", () => {
  const box = machine("active", { fails: ["it answers"] });
  box.upgrade();
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
  box.upgrade();
  box.fallsBack();
  box.run("judge");
  expect(box.motd()).toContain("It did not come as far as a verdict: a panic, or a power cut.");
  expect(box.note("pending")).toBeUndefined();
});

test("a machine that restarted while it was judged, too", () => {
  const box = machine("active");
  box.upgrade();
  renameSync(join(box.notes, "pending"), join(box.notes, "judging"));
  box.fallsBack();
  box.run("judge");
  expect(box.note("taken-back")).toContain("It did not come as far as a verdict");
  expect(box.note("judging")).toBeUndefined();
});

test("the previous image, chosen by hand: nothing was taken back, and the new one is still to be judged", () => {
  const box = machine("passive");
  box.upgrade();
  expect(box.run("judge").status).toBe(0);
  expect(box.motd()).toBe("");
  expect(box.note("pending")).toBeDefined();
});

test("an upgrade written while the one before is judged: GRUB goes on watching, for it", () => {
  const box = machine("active", { meanwhile: "rm -f $NOTES/*; echo v3 > $NOTES/pending" });
  box.upgrade();
  box.run("judge");
  expect(box.calls().filter((call) => call.startsWith("grub2-editenv"))).toEqual([set("yes")]);
  expect(box.note("pending")).toBe("v3\n");
});

test("what did not hold before the upgrade either is said, and no reason to go back", () => {
  const box = machine("active", { before: ["mowa answers", "a [ring] is sent"], fails: ["a [ring] is sent"] });
  box.upgrade();
  expect(box.note("failing")).toBe("mowa answers\n$ false mowa answers\na [ring] is sent\n$ false a [ring] is sent\n");
  const judged = box.run("judge");
  expect(judged.stdout).toContain(
    "The upgrade from v2.0.0 to v2.0.0 is good.\nAs before it, this does not hold: a [ring] is sent\n",
  );
  expect(box.calls().filter((call) => /^(grub2|systemctl)/.test(call))).toEqual([set("yes"), set("")]);
  expect(box.note("judging")).toBeUndefined();
});

test("what fails besides is a reason to go back, and named", () => {
  const box = machine("active", { before: ["mowa answers"], fails: ["mowa answers", "the relay runs"] });
  box.upgrade();
  box.run("judge");
  expect(box.calls().at(-1)).toBe("systemctl --no-block reboot");
  expect(box.note("failed")).toContain("New since the upgrade: the relay runs\n");
  expect(box.note("failed")).not.toContain("New since the upgrade: mowa answers");
});

test("an assertion that has another name, or another command, is the one it was; with both it is another", () => {
  const known = ["mowa answers\tcurl mowa", "the relay runs\tsystemctl is-active relay"];
  const renamed = machine("active", {
    before: known,
    fails: ["mowa replies\tcurl mowa", "the relay runs\tpgrep relay"],
  });
  renamed.upgrade();
  expect(renamed.run("judge").stdout).toContain(
    "is good.\nAs before it, this does not hold: mowa replies\nAs before it, this does not hold: the relay runs\n",
  );
  const other = machine("active", { before: known, fails: ["mowa replies\tcurl mowa/api", "the relay runs"] });
  other.upgrade();
  other.run("judge");
  expect(other.calls().at(-1)).toBe("systemctl --no-block reboot");
  expect(other.note("failed")).toContain("New since the upgrade: mowa replies\nnoos");
});

test("what holds is asked before anything is written, and whoever waits for it is told so while it is asked", async () => {
  const box = machine("active");
  const started = join(box.notes, "../asked");
  mkdirSync(join(started, ".."), { recursive: true });
  writeFileSync(join(box.bin, "role-check"), `#!/bin/sh\necho > ${started}\nsleep 30\n`);
  chmodSync(join(box.bin, "role-check"), 0o755);
  const { ROLE_GATE_TTY, ...env } = box.env;
  // as kairos-agent calls it: what it prints is collected, the terminal is still its own
  const call = `${join(files, "arm")} before > ${box.notes}-out 2>&1`;
  const terminal = spawn("script", ["-qec", call, "/dev/null"], { env: { ...env, SHELL: "/bin/sh" } });
  let shown = "";
  terminal.stdout.on("data", (data) => {
    shown += data;
  });
  const ended = new Promise<number | null>((done) => terminal.on("close", done));
  for (let i = 0; i < 100 && !existsSync(started); i++) await setTimeout(100);
  await setTimeout(300);
  expect(shown).toContain("role gate: asking what of the role holds");
  expect(shown).toContain("Ctrl-C stops the upgrade before it has begun");
  terminal.stdin.write("\u0003");
  expect(await ended).not.toBe(0);
  expect(box.note("pending")).toBeUndefined();
  // and after the upgrade nobody waits: nothing is asked
  const { calls } = box;
  expect(spawnSync(join(files, "arm"), ["after"], { env: box.env }).status).toBe(0);
  expect(calls().filter((call) => call.startsWith("role-check"))).toEqual([]);
}, 30_000);

test("a role-check that cannot run is a reason to go back, whatever failed before", () => {
  const box = machine("active", { before: ["mowa answers"], role: 2 });
  box.upgrade();
  box.run("judge");
  expect(box.calls().at(-1)).toBe("systemctl --no-block reboot");
});

test("an upgrade that Kubernetes starts is noted on the machine, and not in the container it runs in", () => {
  const host = mkdtempSync(join(tmpdir(), "host-"));
  mkdirSync(join(host, "etc"));
  writeFileSync(join(host, "etc/kairos-release"), "KAIROS_VERSION=v1.0.0\n");
  const env = { PATH: process.env.PATH, KUBERNETES_SERVICE_HOST: "10.96.0.1", HOST_DIR: host };
  expect(spawnSync(join(files, "arm"), ["after"], { env }).status).toBe(0);
  expect(readFileSync(join(host, "usr/local/lib/hegemonikon/upgrade/pending"), "utf8")).toBe("v1.0.0\n");
});

test("a machine slower than hardware gives the role more time", () => {
  const box = machine("active", { scale: "20" });
  box.upgrade();
  box.run("judge");
  expect(box.calls()).toContain("role-check --wait --scale=20");
});

test("an upgrade of recovery is none of the image that starts: nothing is noted, and nothing forgotten", () => {
  const healthy = machine("active");
  healthy.upgrade("recovery");
  expect(healthy.note("pending")).toBeUndefined();
  const back = machine("active", { fails: ["it answers"] });
  back.upgrade();
  back.run("judge");
  back.fallsBack();
  back.run("judge");
  const said = back.note("taken-back");
  back.upgrade("recovery");
  back.run("judge");
  expect(back.note("taken-back")).toBe(said as string);
});

test("an upgrade of recovery while one is judged: GRUB watches no longer than for that one", () => {
  const box = machine("active", { meanwhile: "$FILES/arm before; $FILES/arm after" });
  box.upgrade();
  expect(box.run("judge").stdout).toContain("The upgrade from v2.0.0 to v2.0.0 is good.");
  expect(box.calls().filter((call) => call.startsWith("grub2-editenv"))).toEqual([set("yes"), set("")]);
  expect(box.note("pending")).toBeUndefined();
});

test("the version before is named, whatever happens to the notes while an upgrade is judged", () => {
  const box = machine("active", { meanwhile: "rm -f $NOTES/*" });
  box.upgrade();
  expect(box.run("judge").stdout).toContain("The upgrade from v2.0.0 to v2.0.0 is good.");
});

test.each(["recovery", "autoreset"] as const)(
  "an upgrade from %s is not noted, nor is a role asked that does not run",
  (boots) => {
    const box = machine(boots, { before: ["it answers"] });
    box.upgrade();
    expect(box.calls()).toEqual([]);
    expect(existsSync(box.notes)).toBe(false);
  },
);

test("the gate's notes are root's alone, and what an assertion writes is as elsewhere", () => {
  const box = machine("active", { meanwhile: "umask >> $NOTES/umask" });
  box.upgrade();
  const masks = () => (box.note("umask") ?? "").trim();
  writeFileSync(join(box.bin, "role-check"), `#!/bin/sh\numask > ${join(box.notes, "umask")}\n`);
  spawnSync(join(files, "arm"), ["before"], { env: box.env });
  expect(masks()).toBe("0022");
  box.run("judge");
  expect(masks()).toBe("0022\n0022");
});

test("an upgrade from the previous image is one of the image that starts", () => {
  const box = machine("passive");
  box.upgrade();
  expect(box.note("pending")).toBe("v2.0.0\n");
});

test("what did not hold before is said at login too, with an upgrade that is good", () => {
  const box = machine("active", { before: ["mowa answers"], fails: ["mowa answers"] });
  box.upgrade();
  box.run("judge");
  expect(box.motd()).toContain("As before it, this does not hold: mowa answers\n");
  const well = machine("active");
  well.upgrade();
  well.run("judge");
  expect(well.motd()).toBe("");
});

test("GRUB is told again where it could not be told to stop watching", () => {
  const box = machine("active", { editenv: { from: 2, times: 3 } });
  box.upgrade();
  expect(box.run("judge").status).toBe(0);
  expect(box.note("good")).toBe("The upgrade from v2.0.0 to v2.0.0 is good.\n");
});

test("where GRUB cannot be told at all to stop watching, that is said: here, and in the image it goes back to", () => {
  const box = machine("active", { editenv: { from: 2, times: 99 } });
  box.upgrade();
  expect(box.run("judge").status).toBe(1);
  expect(box.motd()).toContain("GRUB could not be told so: the next restart starts the image before it");
  box.fallsBack();
  box.run("judge");
  expect(box.motd()).toContain("An upgrade was taken back");
  expect(box.motd()).toContain("Nothing was noted against it: GRUB was still watching");
});

test("COS_STATE is made read-only again only where it was: somebody else may be writing there", () => {
  const remounts = (state: "ro" | "rw") => {
    const box = machine("active", { state });
    box.upgrade();
    box.run("judge");
    return box.calls().filter((call) => call.startsWith("mount"));
  };
  const both = ["mount -o rw,remount /run/initramfs/cos-state", "mount -o ro,remount /run/initramfs/cos-state"];
  expect(remounts("ro")).toEqual([...both, ...both]);
  expect(remounts("rw")).toEqual([]);
});

test("a boot in which the gate is not reached is left by itself, and its reason is kept", () => {
  const box = machine("active");
  box.upgrade();
  expect(box.run("await-gate").status).toBe(0);
  const done = box.calls().filter((call) => /^(grub2|systemctl --no-block)/.test(call));
  expect(done).toEqual([set("yes"), "systemctl --no-block reboot"]);
  expect(box.note("failed")).toStartWith("v2.0.0 did not come as far as the role gate within 0 s of its start.");
  expect(box.note("failed-journal")).toBe("unit: broken\n");
  expect([box.note("pending"), box.note("judging")]).toEqual([undefined, undefined]);
  box.fallsBack();
  box.run("judge");
  expect(box.motd()).toContain("did not come as far as the role gate");
});

test("a boot in which the gate has begun is the gate's: nothing else restarts it", () => {
  const box = machine("active", { meanwhile: "ROLE_GATE_SECONDS=0 $FILES/await-gate" });
  box.upgrade();
  expect(box.run("judge").status).toBe(0);
  expect(box.calls().some((call) => call.includes("reboot"))).toBe(false);
  expect(box.run("await-gate").status).toBe(0);
  expect(box.calls().some((call) => call.includes("reboot"))).toBe(false);
});

test("what role-check prints is not read as escapes: a name after it counts", () => {
  const box = machine("active", { before: ["first", "printed a\\cb", "last"], fails: ["last"] });
  box.upgrade();
  expect(box.note("failing")).toContain("last\n");
});

test("where GRUB cannot be told to watch, nothing is restarted: it would start the same image", () => {
  const box = machine("active", { fails: ["it answers"], editenv: { from: 1, times: 99 } });
  box.upgrade();
  const judged = box.run("judge");
  expect(judged.stdout).toContain("will not be taken back by itself");
  expect(box.calls().some((call) => call.startsWith("systemctl"))).toBe(false);
  expect(box.motd()).toContain("did not prove its role");
});

test("a new upgrade forgets what was noted about the one before", () => {
  const box = machine("active", { fails: ["it answers"] });
  box.upgrade();
  box.run("judge");
  box.upgrade();
  expect(box.note("failed")).toBeUndefined();
  expect(box.note("pending")).toBe("v2.0.0\n");
});

test("in the image: armed by Kairos after an upgrade, the unit enabled, paths as its parts name them", () => {
  const entries = roleGateEntries();
  const text = (path: string) =>
    entries.flatMap((entry) => (entry.path === path && entry.kind === "text" ? [entry.text] : []))[0];
  const stage = parse(text("/system/oem/95_role-gate.yaml") ?? "");
  for (const when of ["before", "after"]) {
    expect(stage.stages[`${when}-upgrade`][0].commands).toEqual([`/usr/lib/hegemonikon/role-gate/arm ${when}`]);
  }
  expect(text("/usr/lib/hegemonikon/role-gate/arm")).toStartWith("#!/bin/sh\n");
  expect(text("/usr/lib/systemd/system/role-gate.service")).toContain(
    "ExecStart=/usr/lib/hegemonikon/role-gate/judge\n",
  );
  const links = entries.flatMap((entry) => (entry.kind === "link" ? [entry.path] : []));
  expect(links).toEqual([
    "/usr/lib/systemd/system/multi-user.target.wants/role-gate.service",
    "/usr/lib/systemd/system/sysinit.target.wants/role-gate-await.service",
  ]);
  // every program that another of them starts is in the image
  for (const name of ["judge", "await-gate", "go-back", "say-taken-back"]) {
    expect(text(`/usr/lib/hegemonikon/role-gate/${name}`)).toStartWith("#!/bin/bash\n");
  }
  expect(text("/usr/lib/systemd/system/role-gate-await.service")).toContain(
    "ExecStart=/usr/lib/hegemonikon/role-gate/await-gate\n",
  );
});
