import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { dirname } from "node:path";
import { roleCheckEntries } from "../../../.dagger/src/boot/role-check/entries.js";
import { roleGateEntries } from "../../../.dagger/src/boot/role-gate/entries.js";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { RULES } from "../../../.dagger/src/node/rules.js";
import { change, checkCloud, checkNode, places, VALID_CLOUD, VALID_NODE, workspace } from "../check/valid.js";

// A busy machine takes longer than the usual 5 s.
setDefaultTimeout(120_000);

type Changes = [from: string, to: string][];

/** A folder in each of those below hegemonikon's own that every image has. */
const everyImages = [...roleCheckEntries({ assertions: [] }), ...roleGateEntries()]
  .map(({ path }) => dirname(path))
  .filter((folder, index, all) => folder.startsWith("/usr/lib/hegemonikon/") && all.indexOf(folder) === index)
  .map((folder) => `${folder}/tree`);

/** The list of packages with a tree before it. */
const tree = (path: string) => `trees:\n  - source: ubuntu-24.04\n    path: ${path}\npackages:`;

/** Changes to the valid node.yaml, and the one problem that each must bring (or none, where the change is right). */
const NODE: [rule: string, changes: Changes, expected: string[]][] = [
  ["node/name-is-folder", [["name: demo", "name: other"]], ["nodes/demo/node.yaml:1:7 node/name-is-folder"]],

  ["node/source-known", [["base: ubuntu-24.04", "base: ubuntu-2404"]], ["nodes/demo/node.yaml:7:7 node/source-known"]],
  ["node/source-known", [["base: ubuntu-24.04", "base: k0s"]], ["nodes/demo/node.yaml:7:7 node/source-known"]],
  [
    "node/source-known",
    [
      [
        "packages:",
        "binaries:\n  - source: yq\n    path: /usr/bin/yq\ncontainers:\n  - source: nope\n    delivery: baked\npackages:",
      ],
    ],
    ["nodes/demo/node.yaml:10:13 node/source-known", "nodes/demo/node.yaml:13:13 node/source-known"],
  ],

  ["node/no-duplicates", [["  - strace", "  - strace\n  - strace"]], ["nodes/demo/node.yaml:11:5 node/no-duplicates"]],
  // what the build itself writes into every image
  [
    "node/no-duplicates",
    [["path: /usr/bin/demo", "path: /etc/kairos/agent.yaml"]],
    ["nodes/demo/node.yaml:12:11 node/no-duplicates"],
  ],
  [
    "node/no-duplicates",
    [["packages:", "binaries:\n  - source: k0s\n    path: /usr/bin/demo\npackages:"]],
    ["nodes/demo/node.yaml:11:11 node/no-duplicates"],
  ],
  [
    "node/no-duplicates",
    [["    within: 10s", "    within: 10s\n  - name: strace is there\n    command: 'true'\n    within: 1s"]],
    ["nodes/demo/node.yaml:27:11 node/no-duplicates"],
  ],

  [
    "node/medium-fits",
    [
      ["model: generic", "model: rpi4"],
      ["base: ubuntu-24.04", "base: ubuntu-22.04"],
      ["medium: iso", "medium: raw"],
    ],
    ["nodes/demo/node.yaml:5:7 node/medium-fits"],
  ],
  [
    "node/medium-fits",
    [
      ["model: generic", "model: rpi3"],
      ["base: ubuntu-24.04", "base: ubuntu-22.04"],
      ["arch: amd64", "arch: arm64"],
    ],
    ["nodes/demo/node.yaml:8:9 node/medium-fits"],
  ],
  [
    "node/medium-fits",
    [
      ["model: generic", "model: rpi4"],
      ["base: ubuntu-24.04", "base: ubuntu-22.04"],
      ["arch: amd64", "arch: arm64"],
      ["medium: iso", "medium: raw"],
    ],
    [],
  ],
  ["node/medium-fits", [["medium: iso", "medium: raw"]], []],
  ["node/medium-fits", [["arch: amd64", "arch: arm64"]], []],

  [
    "node/rpi-needs-efi-stub",
    [
      ["model: generic", "model: rpi4"],
      ["arch: amd64", "arch: arm64"],
      ["medium: iso", "medium: raw"],
    ],
    ["nodes/demo/node.yaml:7:7 node/rpi-needs-efi-stub"],
  ],
  [
    "node/rpi-needs-efi-stub",
    [
      ["model: generic", "model: rpi3"],
      ["arch: amd64", "arch: arm64"],
      ["medium: iso", "medium: raw"],
    ],
    ["nodes/demo/node.yaml:7:7 node/rpi-needs-efi-stub"],
  ],

  [
    "node/not-under-usr-local",
    [["path: /usr/bin/demo", "path: /usr/local/bin/demo"]],
    ["nodes/demo/node.yaml:12:11 node/not-under-usr-local"],
  ],
  [
    "node/not-under-usr-local",
    [["packages:", "binaries:\n  - source: k0s\n    path: /usr/local/bin/k0s\npackages:"]],
    ["nodes/demo/node.yaml:11:11 node/not-under-usr-local"],
  ],
  ["node/not-under-usr-local", [["path: /usr/bin/demo", "path: /usr/localized/demo"]], []],

  [
    "node/source-known",
    [["packages:", "trees:\n  - source: ubuntu-2404\n    path: /usr/lib/hegemonikon/demo/tree\npackages:"]],
    ["nodes/demo/node.yaml:10:13 node/source-known"],
  ],
  [
    "node/schema",
    [["packages:", tree("/usr/lib/hegemonikon/../systemd/system")]],
    ["nodes/demo/node.yaml:11:11 node/schema"],
  ],
  ...["/usr/lib/hegemonikon/demo/tree", "/usr/share/hegemonikon/demo/a/b"].map((path): [string, Changes, string[]] => [
    "node/tree-of-its-own",
    [["packages:", tree(path)]],
    [],
  ]),
  ...[
    "/usr/lib/demo/tree",
    "/usr/lib/systemd/system-generators",
    "/usr/lib/modules/6.8",
    "/usr/lib/x86_64-linux-gnu/foo",
    "/usr/lib/hegemonikon/demo",
    "/usr/share/hegemonikon/containers",
    // the folders that every image has there, as it has them
    ...everyImages,
    "/usr/share/hegemonikon/containers/tree",
    "/usr/bin/demos/tree",
    "/etc/demo/tree",
  ].map((path): [string, Changes, string[]] => [
    "node/tree-of-its-own",
    [["packages:", tree(path)]],
    ["nodes/demo/node.yaml:11:11 node/tree-of-its-own"],
  ]),
  [
    "node/tree-of-its-own",
    [
      ["path: /usr/bin/demo", "path: /usr/lib/hegemonikon/demo/tree/bin/demo"],
      ["packages:", tree("/usr/lib/hegemonikon/demo/tree")],
    ],
    ["nodes/demo/node.yaml:11:11 node/tree-of-its-own"],
  ],
  [
    "node/tree-of-its-own",
    [["packages:", tree("/usr/lib/systemd/system")]],
    ["nodes/demo/node.yaml:11:11 node/tree-of-its-own"],
  ],
  [
    "node/stale-after-upgrade",
    [["packages:", tree("/usr/libexec/demo/tree")]],
    ["nodes/demo/node.yaml:11:11 node/tree-of-its-own", "nodes/demo/node.yaml:11:11 node/stale-after-upgrade"],
  ],

  ...["/run/demo", "/tmp/demo", "/var/tmp/demo", "/dev/demo", "/proc/demo", "/sys/demo", "/oem/demo.yaml"].map(
    (path): [string, Changes, string[]] => [
      "node/vanishes-at-boot",
      [["path: /usr/bin/demo", `path: ${path}`]],
      ["nodes/demo/node.yaml:12:11 node/vanishes-at-boot"],
    ],
  ),
  ["node/vanishes-at-boot", [["path: /usr/bin/demo", "path: /usr/lib/tmp/demo"]], []],

  ...[
    "/etc/k0s/k0s.yaml",
    "/var/lib/k0s/manifests/x/y.yaml",
    "/opt/demo",
    "/root/.profile",
    "/home/a/b",
    "/var/log/x",
    "/usr/libexec/demo",
    "/etc/ssh/sshd_config",
    "/var/lib/containerd/x",
  ].map((path): [string, Changes, string[]] => [
    "node/stale-after-upgrade",
    [["path: /usr/bin/demo", `path: ${path}`]],
    ["nodes/demo/node.yaml:12:11 node/stale-after-upgrade"],
  ]),
  ["node/stale-after-upgrade", [["path: /usr/bin/demo", "path: /etc/demo.conf"]], []],

  [
    "node/units-in-usr-lib",
    [["path: /usr/bin/demo", "path: /etc/systemd/system/demo.timer"]],
    ["nodes/demo/node.yaml:12:11 node/units-in-usr-lib"],
  ],
  ["node/units-in-usr-lib", [["path: /usr/bin/demo", "path: /etc/systemd/journald.conf.d/demo.conf"]], []],

  ["node/file-mode", [['mode: "0755"', 'mode: "0644"']], ["nodes/demo/node.yaml:14:11 node/file-mode"]],
  ["node/file-mode", [['mode: "0755"', 'mode: "0777"']], ["nodes/demo/node.yaml:14:11 node/file-mode"]],
  ["node/file-mode", [['mode: "0755"', 'mode: "0700"']], []],

  [
    "node/files-exist",
    [["files/demo\n", "files/dmo\n"]],
    ["nodes/demo/files/demo node/no-orphans", "nodes/demo/node.yaml:13:13 node/files-exist"],
  ],
  [
    "node/files-exist",
    [["source: files/demo.service", "source: files/missing.service"]],
    ["nodes/demo/files/demo.service node/no-orphans", "nodes/demo/node.yaml:17:13 node/files-exist"],
  ],

  [
    "node/k0s-needs-unit",
    [["packages:", "kubernetes:\n  distribution: k0s\n  source: k0s\npackages:"]],
    ["nodes/demo/node.yaml:9:1 node/k0s-needs-unit"],
  ],
  [
    "node/k0s-needs-unit",
    [
      ["packages:", "kubernetes:\n  distribution: k0s\n  source: k0s\npackages:"],
      ["name: demo.service", "name: k0scontroller.service"],
    ],
    [],
  ],
  [
    "node/k0s-needs-unit",
    [
      ["packages:", "kubernetes:\n  distribution: k0s\n  source: k0s\npackages:"],
      ["name: demo.service", "name: k0scontroller.service\n    enable: false"],
    ],
    ["nodes/demo/node.yaml:9:1 node/k0s-needs-unit"],
  ],

  [
    "node/install-device-auto",
    [["  reboot: true", "  device: auto"]],
    ["nodes/demo/node.yaml:19:11 node/install-device-auto"],
  ],
  [
    "node/install-device-auto",
    [["  reboot: true", "  auto: true"]],
    ["nodes/demo/node.yaml:19:9 node/install-device-auto"],
  ],
  ["node/install-device-auto", [["  reboot: true", "  auto: true\n  device: /dev/disk/by-id/nvme-x"]], []],

  [
    "node/upgrades-fit",
    [["status: development", "status: running"]],
    ["nodes/demo/node.yaml:19:3 node/upgrades-fit", "nodes/demo/node.yaml:19:3 node/upgrades-fit"],
  ],
  [
    "node/upgrades-fit",
    [
      ["status: development", "status: running"],
      ["  reboot: true", "  partitions: { state: { size: 13288 }, recovery: { size: 8192 } }"],
    ],
    ["nodes/demo/node.yaml:19:59 node/upgrades-fit"],
  ],

  [
    "node/medium-within-image",
    [["medium: 2GiB", "medium: 5GiB"]],
    ["nodes/demo/node.yaml:22:11 node/medium-within-image"],
  ],
  ["node/medium-within-image", [["medium: 2GiB", "medium: 4096MiB"]], []],

  [
    "node/assertion-command-known",
    [["  - strace\n", "  - curl\n"]],
    ["nodes/demo/node.yaml:25:14 node/assertion-command-known"],
  ],
  [
    "node/assertion-command-known",
    [["command: command -v strace", "command: kubectl get nodes"]],
    ["nodes/demo/node.yaml:25:14 node/assertion-command-known"],
  ],
  [
    "node/assertion-command-known",
    [["command: command -v strace", "command: curl -fsS http://localhost | grep -q 'podman run'"]],
    [],
  ],
  [
    "node/assertion-command-known",
    [["command: command -v strace", "command: demo --self-test && /usr/bin/unknown"]],
    [],
  ],
];

describe("rules about node.yaml", () => {
  for (const [rule, changes, expected] of NODE) {
    const what = changes.map(([, to]) => to.trim().replaceAll("\n", " ")).join("; ");
    test(`${rule}: ${what} → ${expected.length === 0 ? "nothing" : expected.join(", ")}`, () => {
      expect(places(checkNode(...changes))).toEqual(expected);
    });
  }
});

/** The same for cloud-config.yaml. Other findings of the cloud-config check itself are not these tests' matter. */
const CLOUD: [rule: string, changes: Changes, expected: string[]][] = [
  ["node/has-a-user", [["            - admin", "            - wheel"]], ["nodes/demo/cloud-config.yaml:8:9"]],
  [
    "node/has-a-user",
    [
      ["            - admin", "            - wheel\ninstall:\n  nousers: true"],
      ["          ssh_auth", "#         ssh_auth"],
      ["            - ssh-", "#           - ssh-"],
    ],
    [],
  ],
  [
    "cloud-config/no-default-password",
    [["          groups:", "          passwd: kairos\n          groups:"]],
    ["nodes/demo/cloud-config.yaml:9:19"],
  ],
  [
    "cloud-config/no-default-password",
    [["          groups:", "          passwd: $6$salt$hash\n          groups:"]],
    ["nodes/demo/cloud-config.yaml:9:19"],
  ],
  ["cloud-config/no-default-password", [["          groups:", '          passwd: "!"\n          groups:']], []],
  [
    "cloud-config/no-default-password",
    [["      hostname: demo", "      hostname: demo\n      commands:\n        - echo kairos:kairos | chpasswd"]],
    ["nodes/demo/cloud-config.yaml:8:11"],
  ],
  [
    "cloud-config/agent-config-not-read",
    [["stages:", "k0s:\n  enabled: true\nstages:"]],
    ["nodes/demo/cloud-config.yaml:3:1"],
  ],
  [
    "cloud-config/agent-config-not-read",
    [["stages:", "k3s:\n  enabled: true\nstages:"]],
    ["nodes/demo/cloud-config.yaml:3:1"],
  ],
  [
    "node/units-in-usr-lib",
    [
      [
        "      hostname: demo",
        "      hostname: demo\n      files:\n        - path: /etc/systemd/system/x.service\n          content: x\n          permissions: 0644",
      ],
    ],
    ["nodes/demo/cloud-config.yaml:8:17"],
  ],
  [
    "node/install-device-auto",
    [["stages:", "install:\n  device: auto\nstages:"]],
    ["nodes/demo/cloud-config.yaml:4:11"],
  ],
  ["node/install-device-auto", [["stages:", "install:\n  auto: true\nstages:"]], ["nodes/demo/cloud-config.yaml:4:9"]],
  ["node/install-device-auto", [["stages:", "install:\n  auto: true\n  device: /dev/sda\nstages:"]], []],
  ["cloud-config/hostname", [["hostname: demo", "hostname: de_mo"]], ["nodes/demo/cloud-config.yaml:6:17"]],
  ["cloud-config/hostname", [["hostname: demo", 'hostname: "demo-{{ trunc 4 .MachineID }}"']], []],
];

describe("rules about cloud-config.yaml", () => {
  for (const [rule, changes, expected] of CLOUD) {
    const what = changes.map(([, to]) => to.trim().replaceAll("\n", " ")).join("; ");
    test(`${rule}: ${what} → ${expected.length === 0 ? "nothing" : expected.join(", ")}`, () => {
      const found = places(checkCloud(...changes)).filter((place) => place.endsWith(` ${rule}`));
      expect(found).toEqual(expected.map((place) => `${place} ${rule}`));
    });
  }

  test("a user is also install.nousers in node.yaml, or the file that says so", () => {
    const nobody = change(VALID_CLOUD, "            - admin", "            - wheel");
    const withNode = (node: string) =>
      places(checkWorkspace(workspace({ "nodes/demo/node.yaml": node, "nodes/demo/cloud-config.yaml": nobody })));
    expect(withNode(VALID_NODE)).toContain("nodes/demo/cloud-config.yaml:8:9 node/has-a-user");
    expect(withNode(change(VALID_NODE, "  reboot: true", "  nousers: true"))).not.toContain(
      "nodes/demo/cloud-config.yaml:8:9 node/has-a-user",
    );
    const file = change(VALID_NODE, "path: /usr/bin/demo", "path: /etc/kairos/.nousers");
    expect(withNode(file).filter((place) => place.endsWith("has-a-user"))).toEqual([]);
  });
});

test("a unit to be enabled has an [Install] section", () => {
  const found = (unit: string, node = VALID_NODE) =>
    places(checkWorkspace(workspace({ "nodes/demo/files/demo.service": unit, "nodes/demo/node.yaml": node })));
  expect(found("[Service]\nExecStart=/usr/bin/demo\n")).toEqual([
    "nodes/demo/node.yaml:16:5 node/unit-install-section",
  ]);
  expect(found("[Service]\n# [Install]\n")).toEqual(["nodes/demo/node.yaml:16:5 node/unit-install-section"]);
  // what a build refuses, check has said
  for (const text of ["[Install]\n", "[Install]\nAlso=a.service\n", "[Install]\nWantedBye=multi-user.target\n"])
    expect(found(`[Service]\n${text}`)).toEqual(["nodes/demo/node.yaml:16:5 node/unit-install-section"]);
  const disabled = change(VALID_NODE, "source: files/demo.service", "source: files/demo.service\n    enable: false");
  expect(found("[Service]\nExecStart=/usr/bin/demo\n", disabled)).toEqual([]);
});

test("a file that nothing names is an orphan; a folder of them is one problem", () => {
  const one = checkWorkspace(workspace({ "nodes/demo/files/extra": "x" }));
  expect(places(one)).toEqual(["nodes/demo/files/extra node/no-orphans"]);
  const many = checkWorkspace(workspace({ "nodes/demo/files/lib/a": "x", "nodes/demo/files/lib/b/c": "x" }));
  expect(places(many)).toEqual(["nodes/demo/files/lib node/no-orphans"]);
  expect(many.problems[0]?.found).toBe("2 unused files");
});

test("an entry that cannot be read does not make its file look unused as well", () => {
  expect(places(checkNode(['mode: "0755"', "mode: 0755"]))).toEqual(["nodes/demo/node.yaml:14:11 node/schema"]);
});

test("a node.yaml that cannot be read, or whose key is mistyped, is one mistake and not more", () => {
  const nobody = VALID_CLOUD.replace(/ {6}users:[\s\S]*$/, "");
  const node = change(VALID_NODE, "reboot: true", "nousers: true");
  const found = (text: string) =>
    places(checkWorkspace(workspace({ "nodes/demo/node.yaml": text, "nodes/demo/cloud-config.yaml": nobody })));
  expect(found(node)).toEqual([]);
  expect(found(change(node, "role:", "\trole:"))).toEqual(["nodes/demo/node.yaml:2:1 yaml/tab"]);
  expect(found(change(node, "install:", "instal:"))).toEqual(["nodes/demo/node.yaml:18:1 node/schema"]);
  expect(found(change(node, "files:", "fiels:"))).toEqual(["nodes/demo/node.yaml:11:1 node/schema"]);
});

test("two nodes of one host name", () => {
  const second = change(VALID_NODE, "name: demo", "name: other");
  const result = checkWorkspace(
    workspace({
      "nodes/other/node.yaml": second,
      "nodes/other/cloud-config.yaml": VALID_CLOUD,
      "nodes/other/README.md": "",
      "nodes/other/files/demo": "#!/bin/sh\n",
      "nodes/other/files/demo.service": "[Service]\n[Install]\nWantedBy=multi-user.target\n",
    }),
  );
  expect(places(result)).toEqual(["nodes/other/cloud-config.yaml:6:17 cloud-config/unique-hostname"]);
  expect([...result.nodes.keys()]).toEqual(["demo"]);
  expect(result.broken).toEqual(["other"]);
});

test("mistakes of the schema do not hide those of the rules, all come at once", () => {
  const result = checkNode(
    ["arch: amd64", "arch: x86"],
    ["model: generic", "modle: generic"],
    ["path: /usr/bin/demo", "path: /usr/local/bin/demo"],
    ["base: ubuntu-24.04", "base: ubuntu"],
    ["within: 10s", "within: 10"],
  );
  expect(places(result)).toEqual([
    "nodes/demo/node.yaml:5:7 node/schema",
    "nodes/demo/node.yaml:6:1 node/schema",
    "nodes/demo/node.yaml:7:7 node/source-known",
    "nodes/demo/node.yaml:12:11 node/not-under-usr-local",
    "nodes/demo/node.yaml:26:13 node/schema",
  ]);
});

test.each(["0GiB", "0.0MiB", "00MiB", "99999999999999999GiB", "1.2345GiB"])("%s is no size", (size) => {
  expect(checkNode(["medium: 2GiB", `medium: ${size}`]).problems).toMatchObject([
    { rule: "node/schema", found: `"${size}"`, expected: "a size in MiB or GiB, e.g. 1.5GiB" },
  ]);
});

test("what people read of a node is one line, and tells a terminal nothing", () => {
  for (const role of ['"a\\e[31mb"', '"a\\nb"', "|\n  a\n  b", '"a\\u202eb"', '"a\\u2067b"', '"\\u200f"']) {
    expect(checkNode(["role: Shows what a valid node looks like", `role: ${role}`]).problems).toMatchObject([
      { rule: "node/schema", expected: "one line without control characters" },
    ]);
  }
});

test("so is the name of an assertion, which a report prints", () => {
  for (const name of ['"a\\e[31mb"', '"a\\nb"', '"a\\u202eb"'])
    expect(checkNode(["name: strace is there", `name: ${name}`]).problems).toMatchObject([
      { rule: "node/schema", expected: "one line without control characters" },
    ]);
  expect(checkNode(["name: strace is there", "name: שלום, ação, 中文"]).problems).toEqual([]);
  expect(checkNode(["name: strace is there", `name: ${"a".repeat(81)}`]).problems).toHaveLength(1);
});

test.each(["999999GiB", "1025GiB", "1MiB", "511.9MiB"])("no machine has a memory of %s", (memory) => {
  expect(checkNode(["medium: iso", `medium: iso\nmemory: ${memory}`]).problems).toMatchObject([
    { rule: "node/schema", found: `"${memory}"`, expected: "from 512MiB to 1024GiB" },
  ]);
});

test("from the smallest board to the largest machine a memory is taken; what is no size is one mistake", () => {
  const found = (memory: string) => checkNode(["medium: iso", `medium: iso\nmemory: ${memory}`]).problems;
  for (const memory of ["512MiB", "0.5GiB", "1024GiB"]) expect(found(memory)).toEqual([]);
  expect(found("lots")).toMatchObject([{ rule: "node/schema", expected: "a size in MiB or GiB, e.g. 1.5GiB" }]);
});

test("a duration has five digits at most", () => {
  expect(checkNode(["within: 10s", "within: 99999s"]).problems).toEqual([]);
  expect(checkNode(["within: 10s", "within: 99999999999999999999s"]).problems).toMatchObject([{ rule: "node/schema" }]);
});

test("install: in node.yaml is held against what Kairos's installer accepts, where it stands", () => {
  const { problems } = checkNode(["  reboot: true", "  rebot: true"]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.file).toBe("nodes/demo/node.yaml");
  expect(problems[0]?.span?.line).toBe(19);
  expect(problems[0]?.expected).toContain("reboot");
});

test("every rule has its own id, a reason, and is tested here", () => {
  const ids = RULES.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const rule of RULES) expect(rule.reason.length).toBeGreaterThan(20);
  const tested = new Set([...NODE, ...CLOUD].map(([rule]) => rule));
  for (const id of ["node/unit-install-section", "node/no-orphans"]) tested.add(id);
  // contents.test.ts
  for (const id of ["node/not-empty", "node/unit-section", "node/script-line-ends", "node/line-ends"]) tested.add(id);
  expect(ids.filter((id) => !tested.has(id))).toEqual([]);
});
