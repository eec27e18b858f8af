import { expect, test } from "bun:test";
import { checkCloudConfig } from "../../../.dagger/src/cloudconfig/check.js";

const check = (body: string): string[] =>
  checkCloudConfig("f", `#cloud-config\n${body}\n`).map(
    ({ severity, rule, found, expected }) =>
      `${severity} ${rule.replace("cloud-config/", "")}: ${found} -> ${expected}`,
  );
const step = (body: string): string[] => check(`stages: {boot: [{${body}}]}`);

test("keys that are written for another one name it", () => {
  expect(check("install: {no_format: true}")).toEqual(['error unknown-key: "no_format" -> no-format']);
  expect(check("install: {image: x}")).toEqual(['error unknown-key: "image" -> source']);
  expect(step("runcmd: [a]")).toEqual(['error unknown-key: "runcmd" -> commands']);
  expect(step("users: {a: {lockPasswd: true}}")).toEqual(['error unknown-key: "lockPasswd" -> lock_passwd']);
});

test("an unknown key near none of many does not list them all", () => {
  expect(check("zzzzzz: 1")[0]).toMatch(/^error unknown-key: "zzzzzz" -> one of \d+ others: docs\/cloud-config\.md/);
});

test("numbers that no integer of Go holds", () => {
  expect(check("uki-max-entries: 99999999999999999999")).toEqual([
    "error value: 99999999999999999999 -> a whole number",
  ]);
  expect(check("uki-max-entries: 1.5")).toEqual(["error value: 1.5 -> a whole number"]);
  expect(check("uki-max-entries: 1e3")).toEqual([]);
});

test("reboot and poweroff exclude each other", () => {
  for (const block of ["install", "upgrade", "reset"]) {
    expect(check(`${block}: {reboot: true, poweroff: true}`)).toEqual(["warning power: both are true -> one of them"]);
    expect(check(`${block}: {reboot: true, poweroff: false}`)).toEqual([]);
  }
});

test("a partition is no disk to install to", () => {
  for (const name of ["sda1", "nvme0n1p3", "disk/by-id/ata-X-part1", "disk/by-partlabel/x"]) {
    expect(check(`install: {device: /dev/${name}}`)[0]).toStartWith(`error value: "/dev/${name}" -> a disk`);
  }
  for (const name of ["sda", "nvme0n1", "disk/by-id/ata-X-part-number-7", "md127"]) {
    expect(check(`install: {device: /dev/${name}}`)).toEqual([]);
  }
});

test("layout: a disk, and what init_disk and xfs ask for", () => {
  expect(step("layout: {expand_partition: {size: 0}}")[0]).toStartWith("error layout: none");
  expect(step("layout: {device: {label: A, init_disk: true}}")[0]).toStartWith("error layout: label only");
  expect(step("layout: {device: {path: /dev/sda, label: A, init_disk: true}}")[0]).toStartWith(
    "error layout: path and label",
  );
  const xfs = (label: string): string[] =>
    step(`layout: {device: {path: /dev/sda}, add_partitions: [{filesystem: xfs, fsLabel: ${label}}]}`);
  expect(xfs("ABCDEFGHIJKLM")[0]).toBe('error layout: "ABCDEFGHIJKLM" -> at most 12 characters');
  expect(xfs("ABCDEFGHIJKL")).toEqual([]);
});

test("datasource: file needs a path", () => {
  expect(step("datasource: {providers: [file]}")[0]).toStartWith("error datasource");
  expect(step("datasource: {providers: [file], path: /oem}")).toEqual([]);
});

test("extra partitions: one at most takes the rest, and then persistent does not", () => {
  const extra = (sizes: string[], persistent: string): string[] =>
    check(
      `install: {extra-partitions: [${sizes.map((size, i) => `{name: a${i}, size: ${size}}`).join(", ")}], ${persistent}}`,
    );
  expect(extra(["0"], "auto: true")[0]).toStartWith("error partitions");
  expect(extra(["0"], "partitions: {persistent: {size: 9}}")).toEqual([]);
  expect(extra(["0"], "partitions.persistent.size: 9")).toEqual([]);
  expect(extra(["0", "0"], "partitions: {persistent: {size: 9}}")[0]).toStartWith("error partitions");
  expect(extra(["1", "2"], "auto: true")).toEqual([]);
});

test("ssh_hardening asks for a key in the top-level users, and has no use for passwords", () => {
  expect(check("install: {ssh_hardening: true}")[0]).toStartWith("warning ssh-hardening: no key");
  const users = (user: string): string[] => check(`install: {ssh_hardening: true}\nusers: [{name: a, ${user}}]`);
  expect(users("ssh_authorized_keys: [k]")).toEqual([]);
  expect(users("ssh_authorized_keys: [k], passwd: x")[0]).toStartWith('warning ssh-hardening: a passwd of "a"');
});

test("enable and enabled together", () => {
  expect(check("kubevip: {enable: true, enabled: true}")[0]).toStartWith("error value: both");
  expect(check("p2p: {auto: {ha: {enable: true, enabled: false}}}")[0]).toStartWith("error value: both");
  expect(check("kubevip: {enabled: true}")).toEqual([]);
});

test("in a stage, a user's name is the key", () => {
  expect(step("users: {anna: {name: ben}}")).toEqual(['warning ignored: "ben" -> "anna"']);
  expect(step("users: {anna: {name: anna}}")).toEqual([]);
});

test("near misses among free names warn", () => {
  expect(check("install: {grub_options: {extra_cmdlin: a}}")).toEqual([
    'warning unknown-key: "extra_cmdlin" -> "extra_cmdline"?',
  ]);
  expect(check("install: {grub_options: {enable_boot_assessment: a}}")).toEqual([]);
});

test("deprecated and ineffective keys warn", () => {
  expect(check("install: {system: {uri: oci:a}}")).toEqual(["warning deprecated: uri -> source"]);
  expect(check("fullcloudconfig: a")).toEqual(["warning ignored: fullcloudconfig -> no such key"]);
  expect(check("users: [{name: a, coreos_ssh_import_url: b}]")[0]).toStartWith("warning ignored");
});

test("image sources: a text, with a scheme or a name", () => {
  for (const good of ["oci:quay.io/a/b:1", "dir:/x", "file:///x.img", "ocifile:/x.tar", "quay.io/a/b@sha256:ab", "x"]) {
    expect(check(`install: {source: ${JSON.stringify(good)}}`)).toEqual([]);
  }
  expect(check("install: {system: {source: 1}}")[0]).toStartWith("error type");
  expect(check('install: {source: "192.0.2.1:5000/a"}')[0]).toStartWith("error value");
});

test("a date without quotes is no text in the blocks that viper reads", () => {
  expect(check("install: {grub-entry-name: 2020-01-01}")[0]).toStartWith("error type: a date");
  expect(check('install: {grub-entry-name: "2020-01-01"}')).toEqual([]);
  expect(check("name: 2020-01-01")).toEqual([]);
});

test("a host name that is none is one error wherever it stands, templates pass", () => {
  const error = ['error hostname: "my_host" -> a host name of letters, digits and dashes (RFC 1123)'];
  expect(check("hostname: my_host")).toEqual(error);
  expect(step("hostname: my_host")).toEqual(error);
  expect(step("systemd_firstboot: {hostname: my_host}")).toEqual(error);
  expect(check("hostname: node-{{ .x }}_y")).toEqual([]);
  expect(step('systemd_firstboot: {hostname: "{{ .x }}", locale: my_host}')).toEqual([]);
  expect(check("hostname: a.b-c.Example")).toEqual([]);
});

test("base64 is checked where it is said to be base64", () => {
  const content = (encoding: string, text: string): string[] =>
    step(`files: [{path: /a, permissions: 0644, encoding: ${encoding}, content: ${JSON.stringify(text)}}]`);
  expect(content("b64", "aGVsbG8=")).toEqual([]);
  expect(content("gz+base64", "aGVs\nbG8=\n")).toEqual([]);
  expect(content("base64", "aGVsbG8")[0]).toStartWith("error encoding");
  expect(content("gzip", "anything")).toEqual([]);
});
