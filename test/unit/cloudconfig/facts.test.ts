import { expect, test } from "bun:test";
import {
  allowsNoUsers,
  commandsOf,
  filesWritten,
  hostnamesOf,
  installDevice,
  topLevelKeys,
  usersOf,
} from "../../../.dagger/src/cloudconfig/facts.js";
import { parseYaml } from "../../../.dagger/src/yaml/parse.js";

const TEXT = `#cloud-config
hostname: top
install: {device: auto, nousers: true}
users:
  - name: anna
    groups: [admin]
    passwd: secret
  - name: ben
runcmd: [echo top]
write_files:
  - {path: /etc/a, content: aa}
stages:
  initramfs:
    - hostname: stage
      users:
        carl:
          primary_group: admin
          lock_passwd: true
          ssh_authorized_keys: [github:octocat]
      files: [{path: /etc/b, content: bb}]
      directories: [{path: /srv/d}]
      commands: [echo stage]
      if: test -e /x
  network:
    - downloads: [{path: /tmp/c, url: "https://example.org/c"}]
      git: {url: "https://example.org/g", path: /srv/g}
      unpack_images: [{source: a, target: /opt/u}]
      systemctl: {overrides: [{service: k3s, content: x}]}
      systemd_firstboot: {hostname: first}
`;

test("host names of the top, of the stages and of systemd-firstboot, with their places", () => {
  expect(hostnamesOf(TEXT).map(({ value, span }) => `${value} ${span?.line}:${span?.column}`)).toEqual([
    "top 2:11",
    "stage 14:17",
    "first 29:37",
  ]);
});

test("users of the list and of the stages", () => {
  expect(usersOf(TEXT).map(({ name, stage, admin, locked }) => ({ name, stage, admin, locked }))).toEqual([
    { name: "anna", stage: undefined, admin: true, locked: false },
    { name: "ben", stage: undefined, admin: false, locked: false },
    { name: "carl", stage: "initramfs", admin: true, locked: true },
  ]);
  expect(usersOf(TEXT)[0]?.passwd).toEqual({
    value: "secret",
    span: { line: 7, column: 13, endLine: 7, endColumn: 19 },
  });
  expect(usersOf(TEXT)[2]?.keys.map(({ value }) => value)).toEqual(["github:octocat"]);
  expect(usersOf(TEXT)[2]?.span?.line).toBe(16);
});

test("files of every kind", () => {
  expect(filesWritten(TEXT).map(({ path, by, stage }) => `${path} ${by} ${stage ?? "-"}`)).toEqual([
    "/etc/a write_files -",
    "/etc/b files initramfs",
    "/srv/d directories initramfs",
    "/tmp/c downloads network",
    "/opt/u unpack_images network",
    "/srv/g git network",
    "/etc/systemd/system/k3s.service.d/override-yip.conf overrides network",
  ]);
  expect(filesWritten(TEXT)[1]?.content).toBe("bb");
});

test("keys, device, commands, nousers", () => {
  expect(topLevelKeys(TEXT).map(({ value, span }) => `${value} ${span?.line}`)).toEqual([
    "hostname 2",
    "install 3",
    "users 4",
    "runcmd 9",
    "write_files 10",
    "stages 12",
  ]);
  expect(installDevice(TEXT)?.value).toBe("auto");
  expect(allowsNoUsers(TEXT)).toBe(true);
  expect(allowsNoUsers("#cloud-config\ninstall: {nousers: false}\n")).toBe(false);
  expect(commandsOf(TEXT).map(({ value }) => value)).toEqual(["echo top", "echo stage", "test -e /x"]);
});

test("a parsed file gives the same as its text, and an unreadable one gives nothing", () => {
  expect(usersOf(parseYaml("f", TEXT))).toEqual(usersOf(TEXT));
  for (const broken of ["", "a: [", "- 1", "a: &x 1", "\0"]) {
    expect(usersOf(broken)).toEqual([]);
    expect(filesWritten(broken)).toEqual([]);
    expect(hostnamesOf(broken)).toEqual([]);
    expect(installDevice(broken)).toBeUndefined();
    expect(allowsNoUsers(broken)).toBe(false);
    expect(topLevelKeys(broken)).toEqual([]);
    expect(commandsOf(broken)).toEqual([]);
  }
});
