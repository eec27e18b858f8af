import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Node } from "../../.dagger/src/node/node.js";
import { roleEntries } from "../../.dagger/src/plan/role.js";
import { UNIT_FOLDER } from "../../.dagger/src/plan/unit-links.js";
import { Sources } from "../../.dagger/src/sources/sources.js";

setDefaultTimeout(60_000); // the machine that tests may be busy

const repository = resolve(import.meta.dir, "../..");
const nodes = readdirSync(join(repository, "nodes")).sort();
const sources = Sources.parse(parse(readFileSync(join(repository, "sources.yaml"), "utf8")));

/** Units that cannot have an exposure under 5: the most that each has (systemd 252), and why. */
const EXCEPTIONS: { [unit: string]: [most: number, why: string] } = {
  "k0scontroller.service": [9.6, "containers inherit from it: a sandbox here is one around every pod"],
  "role-check.service": [
    9.6,
    "runs what a node asserts, as root: raw disks, the kernel's log, the firewall, containers",
  ],
  "role-gate.service": [9.6, "role-check is its child, and must see what it sees in role-check.service"],
};

/** What packages bring to the image, and units name. */
const PACKAGED = [
  "/usr/bin/podman",
  "/usr/bin/cp",
  "/usr/bin/rm",
  "/usr/bin/python3",
  "/bin/bash",
  "/bin/sh",
  "/bin/false",
];

const roots: string[] = [];
afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A root with all that the role's layer of a node writes, and this system's own units. Returns it with the names of ours. */
function image(name: string): { root: string; units: string[] } {
  const root = mkdtempSync(join(tmpdir(), "units-"));
  roots.push(root);
  const folder = join(repository, "nodes", name);
  const node = Node.parse(parse(readFileSync(join(folder, "node.yaml"), "utf8")));
  const unitTexts = new Map(
    node.units.flatMap(({ source }) => (source ? [[source, readFileSync(join(folder, source), "utf8")] as const] : [])),
  );
  const cloudConfig = readFileSync(join(folder, "cloud-config.yaml"), "utf8");
  cpSync(UNIT_FOLDER, join(root, UNIT_FOLDER), { recursive: true });
  const put = (path: string, content: string | Buffer, mode: number) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode });
  };
  const entries = roleEntries({ node, sources, cloudConfig, unitTexts });
  for (const entry of entries) {
    if (entry.kind === "text") put(entry.path, entry.text, entry.mode);
    else if (entry.kind === "file") put(entry.path, readFileSync(join(folder, entry.source)), entry.mode);
    else if (entry.kind === "download") put(entry.path, "#!/bin/sh\n", 0o755);
  }
  for (const path of PACKAGED) if (!existsSync(join(root, path))) put(path, "#!/bin/sh\n", 0o755);
  if (!existsSync(join(root, "lib"))) symlinkSync("usr/lib", join(root, "lib"));
  mkdirSync(join(root, "etc"), { recursive: true });
  const units = entries.flatMap(({ kind, path }) =>
    kind !== "link" && dirname(path) === UNIT_FOLDER ? [basename(path)] : [],
  );
  return { root, units };
}

function analyze(...args: string[]): string {
  const ran = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  if (ran.error) throw new Error(`systemd-analyze cannot run (apt-get install systemd): ${ran.error.message}`);
  return ran.stdout + ran.stderr + (ran.status === 0 ? "" : `exit code ${ran.status}`);
}

const verify = (root: string, units: string[]) => analyze("verify", "--man=no", `--root=${root}`, ...units);

test.each(nodes)("%s: every unit that its image gets from us passes systemd-analyze verify", (name) => {
  const { root, units } = image(name);
  expect(units).toContain("role-gate-await.service");
  expect(verify(root, units)).toBe("");
});

test("verify finds a misspelt key and a missing program in them", () => {
  const { root, units } = image("kairos");
  const path = join(root, UNIT_FOLDER, "role-gate-await.service");
  writeFileSync(path, readFileSync(path, "utf8").replace("NoNewPriv", "NoNewPirv").replace("await-gate", "await-gaet"));
  expect(verify(root, units)).toMatch(/NoNewPirv[\s\S]*await-gaet/);
});

test.each(nodes)("%s: what stays away from the recovery system stays away from a reset that runs by itself", (name) => {
  const { root, units } = image(name);
  const away = units.flatMap((unit) => {
    const text = readFileSync(join(root, UNIT_FOLDER, unit), "utf8");
    const modes = [...text.matchAll(/^ConditionPathExists=!\/run\/cos\/(\w+)$/gm)].map(([, mode]) => mode);
    return modes.length === 0 ? [] : [`${unit}: ${modes.join(", ")}`];
  });
  expect(away.filter((unit) => !unit.endsWith(": recovery_mode, autoreset_mode"))).toEqual([]);
});

/** The exposure of each service that an image gets from us. */
function exposures(): { [unit: string]: number } {
  const found: { [unit: string]: number } = {};
  for (const name of nodes) {
    const { root, units } = image(name);
    for (const unit of units.filter((one) => one.endsWith(".service"))) {
      const said = analyze("security", "--offline=true", "--no-pager", join(root, UNIT_FOLDER, unit));
      found[unit] = Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1] ?? Number.NaN);
    }
  }
  return found;
}

test("each has an exposure under 5, but for those that cannot, whose figure and reason are listed", () => {
  const found = exposures();
  console.log("exposure of units:", found);
  for (const [unit, exposure] of Object.entries(found)) {
    expect([unit, exposure <= (EXCEPTIONS[unit]?.[0] ?? 4.9)]).toEqual([unit, true]);
  }
  // an exception that is none any more is taken off the list
  for (const unit of Object.keys(EXCEPTIONS)) expect([unit, (found[unit] ?? 0) >= 5]).toEqual([unit, true]);
});

test("an exposure that a document names is that of the unit: versions of systemd differ by tenths", () => {
  const found = exposures();
  const named = ["docs/boot.md", ...nodes.map((name) => `nodes/${name}/README.md`)].flatMap((file) =>
    readFileSync(join(repository, file), "utf8")
      .split("\n\n")
      .filter((paragraph) => /^(\*\*)?Exposure\b.*systemd-analyze security/.test(paragraph))
      .flatMap((paragraph) => [...paragraph.matchAll(/((?:`[\w.-]+`(?:, | and )?)+)\s(\d+\.\d)\b/g)])
      .flatMap(([, units = "", figure]) =>
        [...units.matchAll(/`([\w-]+)(?:\.service)?`/g)].map(([, unit]) => ({ file, unit, figure: Number(figure) })),
      ),
  );
  expect(named.length).toBeGreaterThan(8);
  const far = named.filter(({ unit, figure }) => !(Math.abs(figure - (found[`${unit}.service`] ?? Number.NaN)) < 0.35));
  expect(far).toEqual([]);
});

test("what only an upgrade's test puts into an image or on a disk passes verify as well", () => {
  const { root } = image("kairos");
  const folder = join(repository, ".dagger/src/boot/upgrade/files");
  const units = readdirSync(folder).filter((file) => file.endsWith(".service"));
  expect(units.length).toBeGreaterThan(3);
  for (const name of units) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(root, UNIT_FOLDER, name), text);
    for (const [, program = ""] of text.matchAll(/^ExecStart=(\S+)/gm)) {
      mkdirSync(dirname(join(root, program)), { recursive: true });
      if (!existsSync(join(root, program))) writeFileSync(join(root, program), "#!/bin/sh\n", { mode: 0o755 });
    }
  }
  expect(verify(root, units)).toBe("");
});
