import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { unlisted } from "./kairos/reading.js";
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
    expect(secrets.length).toBeGreaterThan(150);
    // Half of a secret is a secret too.
    const halves = secrets.flatMap((secret) => [secret, secret.slice(0, Math.max(8, secret.length / 2))]);
    expect(halves.filter((secret) => all.includes(secret))).toEqual([]);
    const kept = [
      "hostname: survives",
      "name: alice",
      "enabled: also-survives",
      "crlf-survives",
      "home-survives",
      "lab-survives",
      "registry.example/x",
      "name: idioms-survive",
      'name: "Step survives"',
      "- tailscale [redacted]",
      "DB_PASS: [redacted]",
      "path: /etc/survives.conf",
      "name: Unindented-survives",
      "- systemctl-survives [redacted]",
      "device: /dev/survives",
      "nameservers: [192.0.2.53]",
      "eap-survives",
      "id=vpn-survives",
      "LABEL=COS_PERSISTENT:/usr/local",
      "immucore-survives",
      "agent-survives",
      "COMMAND=/usr/bin/mysql-survives [redacted]",
      "CMD (/usr/bin/backup-survives [redacted]",
      "USER=root",
      "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7",
      "intel/e1000e/e1000e.ko.zst",
      "after-the-key",
      "BOOT_IMAGE=/boot/vmlinuz quiet",
    ];
    expect(kept.filter((text) => !all.includes(text))).toEqual([]);
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

  test("the filter fails if any of its steps does, and lets nothing through without its list of keys", () => {
    const folder = "/usr/lib/hegemonikon/debug";
    const redact = () =>
      spawnSync(kairos.path(`${folder}/redact`), ["config"], { input: "name: a\nother: b\n", encoding: "utf8" });
    expect(redact()).toMatchObject({ status: 0, stdout: "name: a\nother: [redacted]\n" });
    for (const step of ["config.awk", "names.sed", "blocks.awk", "lines.sed", "words.awk"]) {
      const content = kairos.read(`${folder}/${step}`);
      rmSync(kairos.path(`${folder}/${step}`));
      expect(redact().status, step).not.toBe(0);
      kairos.put(`${folder}/${step}`, content);
    }
    rmSync(kairos.path(`${folder}/keys.txt`));
    expect(redact()).toMatchObject({ status: 0, stdout: "name: [redacted]\nother: [redacted]\n" });
  });

  test("of a configuration no value leaves whose key is not known to be harmless, whatever it is called", () => {
    const allowed = new Set(
      kairos
        .read("/usr/lib/hegemonikon/debug/keys.txt")
        .split("\n")
        .filter((line) => !line.startsWith("#"))
        .flatMap((line) => line.split(" ")),
    );
    const word = fc
      .stringMatching(/^[a-z][a-z0-9_-]{0,11}$/)
      .filter((key) => !allowed.has(key) && !/^(commands|runcmd|bootcmd)$/.test(key));
    const value = fc.stringMatching(/^[a-z]{3} ?[a-z]{3}$/).map((text) => `qq${text}qq`);
    const shape = fc.constantFrom(
      (key: string, text: string) => `${key}: ${text}`,
      (key: string, text: string) => `${key}: "${text}"`,
      (key: string, text: string) => `${key}=${text}`,
      (key: string, text: string) => `export ${key}='${text}'`,
      (key: string, text: string) => `${key}: [a, "${text}"]`,
      (key: string, text: string) => `${key}: {name: ${text}}`,
      (key: string, text: string) => `${key}: |\n  ${text}\n  path: ${text}`,
      (key: string, text: string) => `${key}: start\n  ${text}`,
      (key: string, text: string) => `${key}:\n- ${text}\n- ${text}`,
      (key: string, text: string) => `${key}:\n  - |\n    ${text}`,
      (key: string, text: string) => `stages:\n  boot:\n    - ${key}: ${text}\n      name: x`,
      (key: string, text: string) => `stages:\n  boot:\n    - name: x\n      ${key}:\n        - ${text}`,
      (key: string, text: string) => `environment:\n  ${key}: ${text}\n  name: ${text}\n  path: ${text}`,
      (key: string, text: string) => `env:\n- ${key}=${text}\n- name: ${text}`,
      (key: string, text: string) => `# ${key}: ${text}\n  # ${text}`,
      (key: string, text: string) => `commands:\n  - ${key} ${text}\n  - "${text}"\n  - ${key}=${text} ls`,
      (key: string, text: string) => `name: x\n${text}\n${key}`,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(word, value, shape), { minLength: 20, maxLength: 20 }), (entries) => {
        const text = entries.map(([key, secret, write]) => write(key, secret)).join("\n");
        const ran = spawnSync(kairos.path("/usr/lib/hegemonikon/debug/redact"), ["config"], {
          input: `${text}\n`,
          encoding: "utf8",
        });
        expect(ran.status).toBe(0);
        expect(entries.filter(([, secret]) => ran.stdout.includes(secret))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("what a log says in a machine's daily life stays readable", () => {
    const log = readFileSync(join(import.meta.dir, "../fixtures/boot/serial/good-live.log"), "latin1")
      .replace(/\r/g, "")
      .split("\n");
    const ran = spawnSync(kairos.path("/usr/lib/hegemonikon/debug/redact"), {
      input: log.join("\n"),
      encoding: "latin1",
    });
    const kept = new Set(ran.stdout.split("\n"));
    const lost = log.filter((line) => !kept.has(line));
    console.log(`kairos, debug-report: ${lost.length} of ${log.length} lines of a boot's log changed by the filter`);
    expect(log.length).toBeGreaterThan(400);
    expect(lost.length / log.length).toBeLessThan(0.02);
  });

  test("wrong arguments are named, and help is no mistake", () => {
    const report = (...args: string[]) => kairos.run("/usr/bin/debug-report", args);
    expect(report("/nowhere")).toMatchObject({ code: 66, err: "debug-report: /nowhere is no folder\n" });
    for (const help of ["--help", "-h"]) {
      expect(report(help)).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^usage: debug-report /) });
    }
    expect(report("--hlep")).toMatchObject({ code: 64, err: expect.stringMatching(/^usage: /) });
  });

  test("the assertion on it leaves nothing behind", () => {
    const command = kairos.node.assertions.find(({ command }) => command.includes("debug-report"))?.command ?? "";
    const { PATH, ...env } = onlyTheBasics();
    for (const broken of [false, true]) {
      if (broken) kairos.put("/usr/lib/hegemonikon/debug/redact", "#!/bin/sh\nexit 3\n", 0o755);
      const ran = spawnSync("sh", ["-c", command.replace("/run", out)], {
        encoding: "utf8",
        env: { ...kairos.env(env), PATH: `${PATH}:${kairos.path("usr/bin")}` },
      });
      expect(ran.status, ran.stderr).toBe(broken ? 70 : 0);
      expect(readdirSync(out)).toEqual([]);
    }
  });

  test("each of its commands only reads: the program and its arguments are on a list", () => {
    for (const [part = "", command = ""] of rows("parts.tsv")) expect([part, ...unlisted(command)]).toEqual([part]);
    const writing = [
      "nft flush ruleset|sysctl -w a=1|sysctl a=1|ip link delete x|sgdisk --zap-all /dev/sda|journalctl --vacuum-size=1",
      "efibootmgr -B|kairos-agent reset|k0s reset|smartctl -s off /dev/sda|truncate -s 0 x|cp a b|reboot|dmesg --clear",
      'find / -delete|rm -r /|cat "$R"/a >"$R"/b|cat "$(rm a)"|lsmod; rmmod x|lsmod | tee x|lsmod && reboot|cat `reboot`',
      'sort -o x|head /etc/shadow|cat "$R"/../etc/shadow|timedatectl set-time 1|networkctl down x|ethtool -s x speed 10',
      "grub2-editenv x set a=1|podman rm x|mokutil --reset|nvme format /dev/nvme0|lsmod & reboot|env reboot|sh -c reboot",
    ].join("|");
    // The | of a pipe is written with spaces around it.
    for (const command of writing.split(/(?<! )\|(?! )/)) expect(unlisted(command), command).not.toEqual([]);
  });
});

// What is baked in comes after the medium's config.yaml, so it would win (kairos-agent, GetUserConfigDirs).
test("the image says nothing that the owner's file of README.md says", () => {
  const readme = readFileSync(join(import.meta.dir, "../../nodes/kairos/README.md"), "utf8");
  const said = /install:\n((?: {6}.*\n)+)/.exec(readme)?.[1] ?? "";
  const keys = [...said.matchAll(/^ +(\w+):/gm)].map(([, key]) => key ?? "");
  expect(keys).toEqual(["device", "auto"]);
  expect(Object.keys(kairos.node.install ?? {}).filter((key) => keys.includes(key))).toEqual([]);
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
