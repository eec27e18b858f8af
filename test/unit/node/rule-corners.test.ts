import { expect, setDefaultTimeout, test } from "bun:test";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { programs } from "../../../.dagger/src/node/rules/assertion-command-known.js";
import { isBelow } from "../../../.dagger/src/node/rules/rule.js";
import { nodeInput } from "../../../.dagger/src/plan/node-input.js";
import {
  change,
  checkCloud,
  checkNode,
  places,
  VALID_CLOUD,
  VALID_NODE,
  VALID_SOURCES,
  workspace,
} from "../check/valid.js";

setDefaultTimeout(120_000);

// What a changed condition of a rule would have let through (found by changing each one and running the tests).

const ofRule = (found: string[], rule: string) => found.filter((place) => place.endsWith(` ${rule}`));

test("Ubuntu by its code name, and Debian, which the rule is not about", () => {
  const pi = [
    ["model: generic", "model: rpi4"],
    ["arch: amd64", "arch: arm64"],
    ["medium: iso", "medium: raw"],
  ].reduce((node, [from = "", to = ""]) => change(node, from, to), VALID_NODE);
  const withBase = (from: string, to: string) =>
    ofRule(
      places(
        checkWorkspace(workspace({ "nodes/demo/node.yaml": pi, "sources.yaml": change(VALID_SOURCES, from, to) })),
      ),
      "node/rpi-needs-efi-stub",
    );
  for (const tag of ["noble", "noble-20260901", "latest", "rolling", "24.10", "26.04"]) {
    expect(withBase('version: "24.04"', `version: "${tag}"`)).toHaveLength(1);
  }
  for (const tag of ["jammy", "22.04", "focal"]) expect(withBase('version: "24.04"', `version: "${tag}"`)).toEqual([]);
  expect(
    withBase(
      'reference: docker.io/library/ubuntu\n    version: "24.04"',
      'reference: docker.io/library/debian\n    version: "24.04"',
    ),
  ).toEqual([]);
});

test("a folder itself is below itself; one that only begins alike is not", () => {
  expect(isBelow("/opt", "/opt")).toBe(true);
  expect(isBelow("/opt/x", "/opt")).toBe(true);
  expect(isBelow("/optional", "/opt")).toBe(false);
});

test("units of users are units too", () => {
  expect(places(checkNode(["path: /usr/bin/demo", "path: /etc/systemd/user/demo.service"]))).toEqual([
    "nodes/demo/node.yaml:12:11 node/units-in-usr-lib",
  ]);
});

test("a folder is no file to copy", () => {
  const node = change(VALID_NODE, "source: files/demo\n", "source: files/lib\n");
  const result = checkWorkspace(
    workspace({ "nodes/demo/node.yaml": node, "nodes/demo/files/demo": null, "nodes/demo/files/lib/a": "x" }),
  );
  expect(places(result)).toContain("nodes/demo/node.yaml:13:13 node/files-exist");
  expect(result.problems.find(({ rule }) => rule === "node/files-exist")?.found).toBe("a folder");
});

test("each way a command sets a password", () => {
  for (const command of [
    "echo a | passwd --stdin kairos",
    "usermod -p hash kairos",
    "usermod --password hash kairos",
    "chpasswd < x",
  ]) {
    const found = checkCloud(["      hostname: demo", `      hostname: demo\n      commands:\n        - ${command}`]);
    expect(ofRule(places(found), "cloud-config/no-default-password")).toHaveLength(1);
  }
  const locks = checkCloud([
    "      hostname: demo",
    "      hostname: demo\n      commands:\n        - passwd --lock root",
  ]);
  expect(ofRule(places(locks), "cloud-config/no-default-password")).toEqual([]);
});

test("the programs that a shell command surely runs", () => {
  expect(programs("podman ps | grep -q x && ! systemctl is-failed y; test -e /z")).toEqual([
    "podman",
    "grep",
    "systemctl",
    "test",
  ]);
  expect(programs("command -v strace")).toEqual(["strace"]);
  expect(programs("LANG=C timeout -k 1 5s curl -fsS http://localhost/")).toEqual(["curl"]);
  expect(programs("sh -c 'podman ps && nmap x'")).toEqual(["sh"]);
  expect(programs('echo "a; nmap b"')).toEqual(["echo"]);
  expect(programs('test "$(k0s status)" = x')).not.toContain("nmap");
  expect(programs("if dig x; then gpiomon; fi")).toEqual(["dig", "gpiomon", "fi"]);
  expect(programs("/usr/sbin/smartctl -a")).toEqual(["smartctl"]);
  expect(programs("")).toEqual([]);
});

test("a program that the node itself brings need be in no package", () => {
  expect(
    places(checkNode(["path: /usr/bin/demo", "path: /usr/bin/nmap"], ["command: command -v strace", "command: nmap"])),
  ).toEqual([]);
  expect(
    places(
      checkNode(
        ["packages:", "binaries:\n  - source: k0s\n    path: /usr/bin/kubectl\npackages:"],
        ["command: command -v strace", "command: kubectl get x"],
      ),
    ),
  ).toEqual([]);
});

test("host names differ in more than the case of their letters", () => {
  const other = (hostname: string) => ({
    "nodes/other/node.yaml": change(VALID_NODE, "name: demo", "name: other"),
    "nodes/other/cloud-config.yaml": change(VALID_CLOUD, "hostname: demo", `hostname: ${hostname}`),
    "nodes/other/README.md": "",
    "nodes/other/files/demo": "#!/bin/sh\n",
    "nodes/other/files/demo.service": "[Service]\n[Install]\nWantedBy=multi-user.target\n",
  });
  expect(places(checkWorkspace(workspace(other("DEMO"))))).toEqual([
    "nodes/other/cloud-config.yaml:6:17 cloud-config/unique-hostname",
  ]);
  expect(places(checkWorkspace(workspace(other("demo2"))))).toEqual([]);
});

test("a mistyped file name is an error where its place is empty, and only a stray file where it is not", () => {
  const severities = (changes: Parameters<typeof workspace>[0]) =>
    checkWorkspace(workspace(changes))
      .problems.filter(({ rule }) => rule === "node/stray-file")
      .map(({ severity, expected }) => `${severity} ${expected}`);
  expect(severities({ "nodes/demo/README.md": null, "nodes/demo/README.markdown": "" })[0]).toStartWith("warning");
  expect(severities({ "nodes/demo/node.yaml": null, "nodes/demo/node.yml": VALID_NODE })).toEqual(["error node.yaml"]);
  expect(severities({ "nodes/demo/node.yml": VALID_NODE })[0]).toStartWith("warning");
});

test("warnings do not keep a node from being built", () => {
  const files = workspace({ "nodes/demo/README.md": null });
  expect(checkWorkspace(files).problems).toHaveLength(1);
  expect(nodeInput(files, checkWorkspace(files), "demo").node.name).toBe("demo");
});
