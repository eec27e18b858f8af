import { expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPORT_SECONDS } from "../../../.dagger/src/boot/stages";

// Facts of the proof and the gate that stand in several files, because a unit, a shell, TypeScript and a document each need them.

const root = join(import.meta.dir, "../../..");
const text = (path: string) => readFileSync(join(root, path), "utf8");
const boot = (path: string) => text(`.dagger/src/boot/${path}`);

/** The figure that stands in a text where this matches; NaN where it does not. */
const figure = (from: string, at: RegExp) => Number(at.exec(from.replaceAll(/\s+/g, " "))?.[1]);

test("the folder of the gate's notes is one, wherever it is named", () => {
  const [, notes = ""] = /\{ROLE_GATE_NOTES:-(.+)\}$/m.exec(boot("role-gate/files/common.sh")) ?? [];
  expect(notes).toBe("/usr/local/lib/hegemonikon/upgrade");
  const naming = [
    ...["role-check/files/facts", "role-check/files/to-port", "upgrade/files/drive"],
    ...["arm", "common.sh", "role-gate.service", "role-gate-await.service"].map((name) => `role-gate/files/${name}`),
  ].map((path) => `.dagger/src/boot/${path}`);
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  const named = tracked.flatMap((path) => {
    if (!/^(\.dagger\/src|nodes|docs|test\/(unit|role|engine|full))\//.test(path)) return [];
    return [...text(path).matchAll(/usr\/local\/lib\/[\w.-]+\/upgrade[\w.-]*/g)].map(([it]) => ({
      path,
      it: `/${it}`,
    }));
  });
  expect(named.filter(({ it }) => it !== notes)).toEqual([]);
  const places = new Set(named.map(({ path }) => path));
  expect([...naming, "nodes/protos/files/lib/back-up"].filter((path) => !places.has(path))).toEqual([]);
});

test("a proof's time has room for the boot that role-check waits for, and the document says how long that is", () => {
  const waits = figure(
    boot("role-check/files/prove.sh"),
    /timeout \$\(\((\d+) \* scale\)\) systemctl is-system-running/,
  );
  expect(REPORT_SECONDS).toBeGreaterThan(waits);
  expect(figure(text("docs/boot.md"), /where the boot has finished within (\d+) s/)).toBe(waits);
  expect(figure(boot("stages.ts"), /for which role-check waits (\d+) s/)).toBe(waits);
});

test("how long a machine waits for its gate is told as it is", () => {
  const minutes = figure(boot("role-gate/files/await-gate"), /\{ROLE_GATE_SECONDS:-(\d+)\}/) / 60;
  const told = [
    figure(text("docs/boot.md"), /the gate is not reached within (\d+) min/),
    figure(text("docs/release.md"), /in emergency mode before it \(after (\d+) min\)/),
    figure(text("docs/release.md"), /goes back by itself within (\d+) min/),
    figure(boot("upgrade/stages.ts"), /others wait (\d+) min/),
  ];
  expect(told).toEqual(told.map(() => minutes));
});

test("how long KVM is tried is told as it is: it grows with the host's load", () => {
  const seconds = figure(boot("vm/scripts/run-stages.sh"), /probe-kvm\.sh" "\$plan" \$\(\((\d+) \* load\)\)/);
  expect(figure(text("docs/boot.md"), /the firmware alone, (\d+) s at most, times the host's load/)).toBe(seconds);
});

test("the document names each file of a proof's folder", () => {
  const sent = ["prove.sh", "to-port"].flatMap((name) =>
    [...boot(`role-check/files/${name}`).matchAll(/^ *send (\S+)/gm)].map(([, file = ""]) => file),
  );
  const kept = [...boot("proof-folder.ts").matchAll(/"\*\/([\w.-]+)"/g)].map(([, file = ""]) => file);
  expect([sent.length, kept.length]).toEqual([9, 3]);
  const table = text("docs/boot.md").split("| in the folder |")[1]?.split("\n\n")[0] ?? "";
  expect([...sent, ...kept].filter((file) => !new RegExp(`[\`/]${file}\``).test(table))).toEqual([]);
});
