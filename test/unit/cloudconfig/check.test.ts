import { expect, test } from "bun:test";
import { checkCloudConfig } from "../../../.dagger/src/cloudconfig/check.js";
import { place } from "../../../.dagger/src/errors.js";

const FILE = "nodes/x/cloud-config.yaml";
const lines = (text: string): string[] =>
  checkCloudConfig(FILE, text).map(
    (problem) => `${place(problem)} ${problem.severity} ${problem.rule}: ${problem.found} -> ${problem.expected}`,
  );

test("every mistake is named at once, each at its place", () => {
  const text = [
    "#cloud-config",
    "hostnme: x",
    "stages:",
    "  initramf:",
    "    - comands: [a]",
    '      files: [{path: etc/x, permissions: "0644"}]',
    "install:",
    "  device: sda",
    "  reboot: yes",
    "",
  ].join("\n");
  expect(lines(text)).toEqual([
    `${FILE}:2:1 error cloud-config/unknown-key: "hostnme" -> "hostname"?`,
    `${FILE}:4:3 error cloud-config/stage: "initramf" -> "initramfs"?`,
    `${FILE}:5:7 error cloud-config/unknown-key: "comands" -> "commands"?`,
    `${FILE}:6:22 error cloud-config/value: "etc/x" -> an absolute path`,
    `${FILE}:6:42 error cloud-config/permissions: "0644" -> 0644, without quotes`,
    `${FILE}:8:11 error cloud-config/value: "sda" -> auto, a path below /dev, or script:// and a command`,
    `${FILE}:9:11 error cloud-config/type: a text, yes -> true or false`,
  ]);
});

test("what breaks more than itself says so", () => {
  const reasonOf = (body: string): string | undefined => checkCloudConfig(FILE, `#cloud-config\n${body}\n`)[0]?.reason;
  expect(reasonOf("stages: {boot: [{commands: a}]}")).toContain("skips every stage of this file");
  expect(reasonOf("users: [{name: a, groups: admin}]")).toContain("runs no file of the folder");
  expect(reasonOf("options: [a]")).toContain("refuses the whole configuration");
  expect(reasonOf("k3s: {args: a}")).toContain("sets up no cluster");
});

test("users: a list at the top, a mapping in a stage", () => {
  expect(lines("#cloud-config\nusers: {a: {}}\n")[0]).toContain("each with its name");
  expect(lines("#cloud-config\nstages: {boot: [{users: [{name: a}]}]}\n")[0]).toContain("users by name");
});

test("a key in the wrong case says that the case matters", () => {
  expect(checkCloudConfig(FILE, "#cloud-config\nInstall: {}\n")[0]?.reason).toContain("exact case");
});

test("cloud-init keys that yip does not convert name what does the same", () => {
  expect(lines("#cloud-config\nntp: {servers: [a]}\n")).toEqual([
    `${FILE}:2:1 error cloud-config/unknown-key: "ntp" -> stages.<stage>[].timesyncd`,
  ]);
});

test("dotted keys are read in the blocks that viper reads, and nowhere else", () => {
  expect(lines("#cloud-config\ninstall: {system.size: 1, partitions.oem.fs: ext4}\n")).toEqual([]);
  expect(lines("#cloud-config\ninstall: {system.size: x}\n")[0]).toContain("cloud-config/type");
  expect(lines("#cloud-config\ninstall: {system.sise: 1}\n")[0]).toContain("cloud-config/unknown-key");
  expect(lines("#cloud-config\np2p.dns: true\n")[0]).toContain("cloud-config/unknown-key");
});

test("keys that are fetched from the network warn before there is one", () => {
  const key = (stage: string, value: string): number =>
    lines(`#cloud-config\nstages: {${stage}: [{users: {a: {ssh_authorized_keys: ["${value}"]}}}]}\n`).length;
  expect(key("initramfs", "github:octocat")).toBe(1);
  expect(key("boot.after", "https://example.org/keys")).toBe(1);
  expect(key("network", "github:octocat")).toBe(0);
  expect(key("initramfs", "ssh-ed25519 AAAA anna:home")).toBe(0);
});

test("a stage of one's own passes where the file runs it", () => {
  const own = (name: string, command: string): string[] =>
    lines(`#cloud-config\nstages:\n  boot: [{commands: ["${command}"]}]\n  ${name}: [{commands: [a]}]\n`);
  expect(own("my-stage", "kairos-agent run-stage my-stage")).toEqual([]);
  expect(own("my-stage.after", "kairos-agent run-stage my-stage && x")).toEqual([]);
  expect(own("my-stage", "kairos-agent run-stage my-stages")[0]).toContain("warning cloud-config/stage");
  expect(own("networks", "true")[0]).toContain('error cloud-config/stage: "networks" -> "network"?');
});

test("the header: where it may stand, and what its absence costs", () => {
  const rules = (text: string): string[] =>
    checkCloudConfig(FILE, text).map(({ rule, severity }) => `${severity} ${rule}`);
  expect(rules("\n# a\n#cloud-config\nname: x\n")).toEqual([]);
  expect(rules(`${"# a\n".repeat(8)}#cloud-config\nname: x\n`)).toEqual([]);
  expect(rules(`${"# a\n".repeat(9)}#cloud-config\nname: x\n`)).toEqual(["warning cloud-config/header"]);
  expect(rules("name: x\n")).toEqual(["warning cloud-config/header"]);
  expect(rules("users: [{name: a}]\n")).toEqual(["error cloud-config/header"]);
  expect(rules("#kairos-config\nhostname: a\n")).toEqual(["error cloud-config/header"]);
  expect(rules("# cloud-config\nname: a\n")).toEqual(["error cloud-config/header"]);
});

test("YAML that cannot be read is reported once, by the parser's rule", () => {
  const first = (text: string): string | undefined => checkCloudConfig(FILE, text)[0]?.rule;
  expect(first("")).toBe("yaml/empty");
  expect(first("#cloud-config\n")).toBe("yaml/empty");
  expect(first("#cloud-config\na: [")).toStartWith("yaml/");
  expect(first("#cloud-config\na: &b 1\nc: *b\n")).toBe("yaml/anchor");
  expect(first("#cloud-config\n\tname: x\n")).toBe("yaml/tab");
  expect(first("#cloud-config\nname: a\nname: b\n")).toBe("yaml/duplicate-key");
});

test("names of Object's own are keys like any other", () => {
  for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    expect(lines(`#cloud-config\n${key}: 1\n`)[0]).toContain("cloud-config/unknown-key");
    expect(lines(`#cloud-config\nstages: {boot: [{${key}: 1}]}\n`)[0]).toContain("cloud-config/unknown-key");
  }
});
