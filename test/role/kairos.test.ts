import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { planted } from "./kairos/secrets.js";
import { Machine } from "./machine.js";
import { shellProblems } from "./shell-files.js";

// A report runs some 60 commands, and the machine that tests may be busy.
setDefaultTimeout(60_000);

let kairos: Machine;
let out: string;
beforeEach(() => {
  kairos = new Machine("kairos");
  out = kairos.path("out");
  mkdirSync(out);
});
afterEach(() => kairos.remove());

/** Only the fakes and what every Linux has: other tools are not on this machine, and the test does not depend on them. */
function onlyTheBasics(): Record<string, string> {
  const folder = kairos.path("basics");
  mkdirSync(folder, { recursive: true });
  const names =
    "awk bash cat cp date dirname df grep gzip head hostname ls mkdir mktemp mv ps rm sed sh sleep sort stat tail tar tee timeout uname yes";
  for (const name of names.split(" ")) {
    const path = Bun.which(name);
    if (!path) throw new Error(`${name} is missing on the machine that tests`);
    symlinkSync(path, join(folder, name));
  }
  return { PATH: `${kairos.path("fakes")}:${folder}`, DEBUG_REPORT_PATIENCE: "1", DEBUG_REPORT_LIMIT: "300000" };
}

const rows = (file: string) =>
  kairos
    .read(`/usr/lib/hegemonikon/debug/${file}`)
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split("\t"));

describe("debug-report", () => {
  const unpack = () => {
    const [archive] = readdirSync(out).filter((name) => name.endsWith(".tar.gz"));
    if (!archive) throw new Error("no archive");
    expect(spawnSync("tar", ["-xzf", join(out, archive), "-C", out]).status).toBe(0);
    const top = join(out, archive.replace(".tar.gz", ""));
    const files = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(top.length + 1), readFileSync(path, "latin1")];
      }),
    );
  };

  test("no planted secret leaves: passwords, tokens, keys, kubeconfigs, wifi, addresses; the rest does", () => {
    const { files, journal, secrets } = planted();
    for (const [path, content] of Object.entries(files)) kairos.put(path, content);
    kairos.put("/fake/journal", journal);
    const ran = kairos.run("/usr/bin/debug-report", [out], onlyTheBasics());
    expect(ran).toMatchObject({ code: 0, err: "" });
    const report = unpack();
    const all = Object.values(report).join("\n");
    console.log(`kairos, debug-report: ${secrets.length} secrets planted, ${all.length} bytes searched`);
    expect(secrets.length).toBeGreaterThan(60);
    // Half of a secret is a secret too.
    const halves = secrets.flatMap((secret) => [secret, secret.slice(0, Math.max(8, secret.length / 2))]);
    expect(halves.filter((secret) => all.includes(secret))).toEqual([]);
    for (const kept of [
      "hostname: survives",
      "name: alice",
      "after: also-survives",
      "crlf-survives",
      "home-survives",
      "lab-survives",
      "registry.example/x",
      "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7",
      "intel/e1000e/e1000e.ko.zst",
      "after-the-key",
      "BOOT_IMAGE=/boot/vmlinuz quiet",
    ]) {
      expect(all).toContain(kept);
    }
  });

  test("says of each part how it went: hanging, endless and missing tools do not stop it", () => {
    kairos.put("/fake/journal", "a line\n");
    const ran = kairos.run("/usr/bin/debug-report", [out], onlyTheBasics());
    expect(ran.code).toBe(0);
    const report = unpack();
    expect(report.CONTENTS).toMatch(/kernel\/messages .*cut off after 1 s/);
    expect(report["kernel/messages.txt"]).toContain("before the hang");
    expect(report.CONTENTS).toMatch(/hardware\/pci .*the first 300000 bytes/);
    expect(report.CONTENTS).toMatch(/boot\/firmware .*not on this machine/);
    const parts = rows("parts.tsv").map(([part]) => `${part}.txt`);
    expect(Object.keys(report).sort()).toEqual([...parts, "CONTENTS"].sort());
    const [archive] = readdirSync(out).filter((name) => name.endsWith(".tar.gz"));
    expect(statSync(join(out, archive ?? "")).mode & 0o777).toBe(0o600);
    expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("no archive when the filter fails or leaves a key, and nothing else stays", () => {
    kairos.put("/fake/journal", "-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\n");
    const env = onlyTheBasics();
    const filter = "/usr/lib/hegemonikon/debug/redact";
    kairos.put(filter, "#!/bin/sh\ncat\n", 0o755);
    const leaky = kairos.run("/usr/bin/debug-report", [out], env);
    expect(leaky.code).toBe(70);
    expect(leaky.err).toContain("log/boot.txt");
    kairos.put(filter, "#!/bin/sh\nexit 3\n", 0o755);
    const broken = kairos.run("/usr/bin/debug-report", [out], env);
    expect(broken).toMatchObject({ code: 70 });
    expect(broken.err).toContain("the filter failed at system/release");
    expect(readdirSync(out)).toEqual([]);
  });

  test("wrong arguments are named", () => {
    expect(kairos.run("/usr/bin/debug-report", ["/nowhere"])).toMatchObject({ code: 66 });
    expect(kairos.run("/usr/bin/debug-report", ["--help"]).code).toBeGreaterThan(0);
  });

  test("each of its commands only reads", () => {
    const writing = /\b(rm|mv|dd|mkfs|mount|umount|tee|sed -i|systemctl (start|stop|restart)|wipefs|set)\b|>[^&]/;
    expect(rows("parts.tsv").filter(([, command]) => writing.test(command ?? ""))).toEqual([]);
  });
});

describe("the tools", () => {
  test("list, node.yaml and README.md name the same", () => {
    const packages = [...new Set(rows("tools.tsv").map((row) => row[2] ?? ""))].sort();
    expect(kairos.node.packages.filter((name) => name !== "openssh-server").sort()).toEqual(packages);
    const readme = readFileSync(join(import.meta.dir, "../../nodes/kairos/README.md"), "utf8");
    const tools = rows("tools.tsv").map(([, tool]) => tool);
    expect(tools.filter((tool) => !readme.includes(`\`${tool}\``))).toEqual([]);
    const tasks = [...new Set(rows("tools.tsv").map((row) => row[0]))];
    const asserted = kairos.node.assertions.map(({ command }) => /^debug-tools --check (\w+)$/.exec(command)?.[1]);
    expect(asserted.filter((task) => task !== undefined)).toEqual(tasks as string[]);
  });

  test("--check starts each of a task and names those that do not start", () => {
    const list = "/usr/lib/hegemonikon/debug/tools.tsv";
    kairos.put(
      list,
      "# c\na\tgood\tp\techo good 1\twhy\na\tbad\tq\techo broken; exit 3\twhy\nb\tother\tr\ttrue\twhy\n",
    );
    const check = (...args: string[]) => kairos.run("/usr/bin/debug-tools", args);
    const all = check("--check");
    expect(all).toMatchObject({ code: 1, out: "ok      good: good 1\nok      other: \n2 of 3 start\n" });
    expect(all.err).toBe("not ok  bad (q): 'echo broken; exit 3' ended with 3: broken\n");
    expect(check("--check", "b").code).toBe(0);
    expect(check("--check", "c")).toMatchObject({ code: 64 });
    expect(check("--chek")).toMatchObject({ code: 64 });
  });

  test("without arguments: by task, with the reason", () => {
    expect(kairos.run("/usr/bin/debug-tools").out).toMatch(/^disk +smartctl +a disk's own word on its health/);
  });
});

test("shell files are shellcheck-clean and under 50 lines", () => {
  expect(shellProblems("kairos")).toBe("");
});
