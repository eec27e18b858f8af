import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Machine } from "./machine.js";
import { hasGpiod, say, toolsPython } from "./python.js";

const repository = resolve(import.meta.dir, "../..");
const tests = "test/role/thuroros";
const program = "nodes/thuroros/files";
const settings = `${tests}/pyproject.toml`;

const thuroros = new Machine("thuroros");
afterAll(() => thuroros.remove());

describe("the relay", () => {
  test("has the tools of requirements.txt", () => {
    expect(say(toolsPython(), ["--version"]).text).toStartWith("Python 3.");
  }, 300_000);

  test("passes its own tests, and they ran", () => {
    const { code, text } = say(toolsPython(), [`${tests}/run.py`]);
    console.log(
      text
        .split("\n")
        .filter((line) => /^FIGURES|passed,| s {2}test_/.test(line))
        .join("\n"),
    );
    expect(code, text).toBe(0);
    const passed = Number(/^(\d+) passed, 0 failed$/m.exec(text)?.[1]);
    expect(passed).toBeGreaterThan(80);
    const figures = text.split("\n").filter((line) => line.startsWith("FIGURES"));
    expect(figures.length).toBeGreaterThan(20);
    expect(figures.filter((line) => !line.includes("lost 0, doubled 0"))).toEqual([]);
  }, 300_000);

  test.skipIf(!hasGpiod())(
    "the real gpiod module and gpiomon are as it takes them to be (needs python3-libgpiod and gpiod)",
    () => {
      const { code, text } = say("/usr/bin/python3", [`${tests}/run.py`, "check_gpiod"]);
      expect(text).toContain("3 passed, 0 failed");
      expect(code, text).toBe(0);
    },
  );

  test("is typed strictly, as Python 3.10 has it", () => {
    const files = readdirSync(join(repository, tests)).filter((name) => name.endsWith(".py"));
    const paths = [`${program}/doorbell`, ...files.map((name) => `${tests}/${name}`)];
    const { code, text } = say(toolsPython(), ["-m", "mypy", "--config-file", settings, ...paths]);
    expect(code, text).toBe(0);
  }, 120_000);

  test("is linted and formatted", () => {
    const paths = [program, `${program}/doorbell-command`, tests];
    for (const args of [["check"], ["format", "--check"]]) {
      const { code, text } = say(toolsPython(), ["-m", "ruff", ...args, "--no-cache", "--config", settings, ...paths]);
      expect(code, text).toBe(0);
    }
  });
});

describe("in the image", () => {
  test("every module of the relay is there, and the command starts", () => {
    const modules = readdirSync(join(repository, program, "doorbell")).filter((name) => name.endsWith(".py"));
    const listed = thuroros.node.files.map((file) => file.path);
    for (const name of modules) expect(listed).toContain(`/usr/lib/doorbell/doorbell/${name}`);
    expect(statSync(thuroros.path("/usr/bin/doorbell")).mode & 0o777).toBe(0o755);
    const command = readFileSync(thuroros.path("/usr/bin/doorbell"), "utf8");
    expect(command).toStartWith("#!/usr/bin/python3 ");
    const moved = command.replaceAll("/usr/lib/doorbell", thuroros.path("/usr/lib/doorbell"));
    const { code, text } = say(toolsPython(), ["-c", moved, "status", "--run-dir", thuroros.path("/nowhere")]);
    expect(text).toContain("the relay does not answer on");
    expect(code).toBe(3);
  });

  test("the user, the queue's folder and the settings of the machine are made, and made once", () => {
    const root = `--root=${thuroros.root}`;
    const made = say("systemd-sysusers", [root, "doorbell.conf"]);
    expect(made.code, made.text).toBe(0);
    expect(thuroros.read("/etc/passwd")).toContain("doorbell:x:862:862:Doorbell relay:/usr/local/doorbell/queue:");
    const create = () => say("systemd-tmpfiles", [root, "--create", "doorbell.conf"]);
    const first = create();
    expect(first.code, first.text).toBe(0);
    const queue = statSync(thuroros.path("/usr/local/doorbell/queue"));
    expect([queue.uid, queue.gid, queue.mode & 0o777]).toEqual([862, 862, 0o750]);
    const local = "/usr/local/doorbell/local.conf";
    expect(thuroros.read(local)).toBe(
      "# Settings of this machine; /etc/doorbell/doorbell.conf explains all of them.\n",
    );
    thuroros.put(local, "[recipients]\n", 0o644);
    create();
    expect(thuroros.read(local)).toBe("[recipients]\n");
    const kept = statSync(thuroros.path(local));
    expect([kept.uid, kept.gid, kept.mode & 0o777]).toEqual([0, 862, 0o640]);
  });

  test("the README's file for COS_OEM names the recipients to the relay, in the folder that yip makes for it", () => {
    const readme = readFileSync(join(repository, "nodes/thuroros/README.md"), "utf8");
    const block = [...readme.matchAll(/^ {4}#cloud-config\n(?:(?: {4}.*)?\n)+/gm)].find(([text]) =>
      text.includes("conf.d/"),
    );
    // Go's YAML reads 0640 as octal, as YAML 1.1 does.
    const { stages } = parse(block?.[0] ?? "", { version: "1.1" });
    const machine = new Machine("thuroros");
    const [file] = stages.initramfs.flatMap(({ files }: { files?: object[] }) => files ?? []);
    // yip's writeFile (pkg/plugins/files.go, v1.25.1): a missing folder gets the file's mode and 0100, and its owners.
    const path = machine.path(file.path);
    mkdirSync(dirname(path));
    chmodSync(dirname(path), file.permissions + 0o100);
    chownSync(dirname(path), file.owner, file.group);
    machine.put(file.path, file.content, file.permissions);
    chownSync(path, file.owner, file.group);

    const root = `--root=${machine.root}`;
    expect(say("systemd-sysusers", [root, "doorbell.conf"]).code).toBe(0);
    expect(say("systemd-tmpfiles", [root, "--create", "doorbell.conf"]).code).toBe(0);
    chmodSync(machine.root, 0o755);
    // As the relay's user reads it: group doorbell, nobody else.
    const ask = [
      "import os, sys; from pathlib import Path",
      `sys.path.insert(0, ${JSON.stringify(join(repository, program))})`,
      "from doorbell import config",
      "os.setgroups([]); os.setgid(862); os.setuid(862)",
      `found = config.load(sorted(Path(${JSON.stringify(dirname(path))}).glob("*.conf")))`,
      "print(*found.recipients, *found.problems)",
    ];
    expect(say(toolsPython(), ["-c", ask.join("\n")])).toEqual({ code: 0, text: "+32470000000\n" });
    expect(statSync(path).mode & 0o777).toBe(0o640);
    machine.remove();
  });

  test("names no recipient", () => {
    for (const { source } of thuroros.node.files) {
      const text = readFileSync(join(repository, "nodes/thuroros", source), "utf8");
      const numbers = text.match(/\+\d{10,}/g) ?? [];
      expect(numbers.filter((number) => !/^\+32(0|4700)0+\d$/.test(number))).toEqual([]);
    }
  });
});
