import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { RULE_WORDS } from "../../../.dagger/src/cloudconfig/rule-words.js";
import { BASE_ACCOUNTS } from "../../../.dagger/src/media/base-accounts.js";
import { type OfNode, personalProblems } from "../../../.dagger/src/media/personal-config.js";
import { KEY } from "./public-keys.js";

const nodes = join(import.meta.dir, "../../../nodes");

/** A user of the usual kind, with these lines in place of a part of it. */
const owner = ({ name = "ana", groups = "groups: [admin]", keys = [KEY], more = "" } = {}) =>
  [
    ...["#cloud-config", "users:", `  - name: ${name}`, ...(groups ? [`    ${groups}`] : [])],
    ...(keys.length > 0 ? [`    ssh_authorized_keys: ${JSON.stringify(keys)}`] : []),
    ...(more ? [more] : []),
    "",
  ].join("\n");

/** A node that says nothing of what its owner says. */
const of = (medium: "iso" | "raw", install: OfNode["install"] = {}, cloudConfig = ""): OfNode => ({
  medium,
  install,
  cloudConfig,
});
const errors = (text: string, medium: "iso" | "raw" = "iso") => personalProblems(text, of(medium)).errors;

/** The cloud-configs that the nodes' READMEs and the guides tell people to write, as they stand there. */
const examples = [
  ...readdirSync(nodes).map((node) => join(nodes, node, "README.md")),
  join(nodes, "../docs/personal.md"),
]
  .map((path) => readFileSync(path, "utf8"))
  .flatMap((text) => [...text.matchAll(/^ {4}#cloud-config\n(?:(?: {4}.*)?\n)+/gm)])
  .map(([block]) => block.replace(/^ {4}/gm, ""));

test("what the documents tell people to write is taken once it is filled in, and not before where it names who or which disk", () => {
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) {
    const filled = example
      .replaceAll("YOU", "ana")
      .replaceAll(/\b((?:ssh|ecdsa|sk)-\S+) AAAA\S*/g, () => KEY)
      .replaceAll(/(device:\s*)\S*(?:…|\.\.\.|ana)\S*/g, "$1/dev/disk/by-id/nvme-x");
    expect([filled, errors(filled)]).toEqual([filled, []]);
    if (/YOU|AAAA\S*(\.{3}|…)/.test(example)) expect([example, errors(example).length]).not.toEqual([example, 0]);
  }
});

test("lines as Windows ends them are taken", () => {
  const block = `#cloud-config\nusers:\n  - name: ana\n    groups: [admin]\n    ssh_authorized_keys:\n      - |\n        ${KEY}\n`;
  for (const text of [owner(), block]) {
    expect(personalProblems(text.replaceAll("\n", "\r\n"), of("iso"))).toEqual({ errors: [], warnings: [] });
  }
});

test.each([
  ["nothing", "", "--config: it is empty"],
  ["blanks", " \n\n", "--config: it is empty"],
  ["no header", "name: ana\n", "--config:1:1: it does not start with the line #cloud-config"],
  ["an older header, without which yip makes no user", "#node-config\nusers: []\n", "--config:1:1: it does not start"],
  ["a text", "#cloud-config\nhush\n", "--config:2:1: cloud-config/type"],
  ["a list", "#cloud-config\n- hush\n", "--config:2:1: cloud-config/type"],
  ["a header alone", "#cloud-config\n", "--config: yaml/empty"],
  ["broken YAML", "#cloud-config\nname: [hush\n", "--config:3:1: yaml/syntax"],
  ["a key twice", "#cloud-config\nname: hush\nname: hush\n", "--config:3:1: yaml/duplicate-key"],
  ["a key that nothing reads", "#cloud-config\nusers:\n  - nmae: hush\n", "--config:3:5: cloud-config/unknown-key"],
  ["a byte order mark", "\ufeff#cloud-config\nname: hush\n", "--config:1:1: yaml/bom"],
  ["something that is no text", "#cloud-config\nname: hush\0\n", "--config: yaml/binary"],
])("%s is refused, with its place and none of its words", (_what, text, expected) => {
  const said = errors(text).join("\n");
  expect(said).toContain(expected);
  expect(said).not.toContain("hush");
  expect(said).not.toContain("nmae");
});

test("a rule is named with what it finds", () => {
  expect(errors("#cloud-config\n")).toEqual([
    "--config: yaml/empty: nothing but blanks and comments; expected a mapping, such as name: VALUE",
  ]);
});

test("each rule that a cloud-config is held against has such words, and stands in the documents", () => {
  const root = join(import.meta.dir, "../../..");
  const ids = ["yaml", "cloudconfig"].flatMap((folder) =>
    readdirSync(join(root, ".dagger/src", folder))
      .filter((file) => file !== "rule-words.ts")
      .flatMap((file) => [
        ...readFileSync(join(root, ".dagger/src", folder, file), "utf8").matchAll(
          /"((?:yaml|cloud-config)\/[a-z0-9.-]+)"/g,
        ),
      ])
      .map(([, id = ""]) => id),
  );
  expect(Object.keys(RULE_WORDS).sort()).toEqual([...new Set(ids)].sort());
  const [problems, clouds] = ["problems", "cloud-config"].map((it) =>
    readFileSync(join(root, `docs/${it}.md`), "utf8"),
  );
  for (const [id, words] of Object.entries(RULE_WORDS)) {
    if (id.startsWith("yaml/")) expect(problems).toContain(`| \`${id}\` | ${words} |`);
    else expect(clouds).toContain(`/${id.slice("cloud-config/".length)}\``);
  }
});

const NO_DISK = "auto: true and no device";
const install = (...lines: string[]) => owner({ more: ["install:", ...lines.map((line) => `  ${line}`)].join("\n") });

test.each([
  ["an account of the base", owner({ name: "backup" }), "--config:3:11: A user has the name of an account", "backup"],
  [
    "one in a stage",
    `#cloud-config\nstages:\n  boot:\n    - users:\n        mail:\n          groups: [admin]\n`,
    ":5:9: A user",
    "mail",
  ],
  [
    "root, whom sshd refuses",
    owner({ name: "root" }),
    "--config:3:11: root may not log in over SSH",
    "PermitRootLogin",
  ],
  ["root, locked", owner({ name: "root", more: '    passwd: "*"' }), "root may not log in over SSH", "PermitRootLogin"],
  [
    "keys at the top without users",
    `#cloud-config\nssh_authorized_keys: ["${KEY}"]\n`,
    "--config:2:22: root may not",
    "root's",
  ],
  ["the documents' name", owner({ name: "YOU" }), "--config:3:11: A user's name is still to be chosen", "unchanged"],
  ["the documents' hash", owner({ more: '    passwd: "$6$…"' }), "--config:6:13: A password's hash", "mkpasswd"],
  [
    "the documents' key",
    owner({ keys: ["ssh-ed25519 AAAA... hush"] }),
    "--config:5:27: This is no key",
    "a placeholder",
  ],
  ["a path for a key", owner({ keys: [KEY, "~/.ssh/hush.pub"] }), "This is no key", "the path of a file"],
  [
    "a key of a stage",
    `#cloud-config\nstages:\n  network:\n    - authorized_keys:\n        ana: [hush]\n`,
    ":5:15: This is no key",
    "cut",
  ],
  ["auto without a device", install("auto: true"), "--config:7:9: The installation asks nobody", NO_DISK],
  ["auto, in YAML 1.1", install("auto: yes"), "--config:7:9: The installation asks nobody", NO_DISK],
  ["auto and an empty device", install("auto: true", "device:"), "The installation asks nobody", NO_DISK],
  ["device: auto", install("auto: true", "device: auto"), "--config:8:11: The installation asks nobody", "LARGEST"],
  [
    "a disk to be named",
    install("device: /dev/disk/by-id/YOUR-DISK"),
    "--config:7:11: The disk is still",
    "placeholder",
  ],
  [
    "a disk to be named, in print",
    install("device: /dev/disk/by-id/…"),
    "--config:7:11: The disk is still",
    "placeholder",
  ],
])("%s is refused, with its place and what would be right", (_what, text, place, word) => {
  const said = errors(text);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(place);
  expect(said[0]).toContain(word);
  expect(said[0]).toContain("expected ");
  expect(said.join()).not.toContain("hush");
});

test.each([
  ["the likeliest name of all", owner({ name: "ubuntu" })],
  ["Kairos' own user", owner({ name: "kairos", groups: "" })],
  ["a user of their own group", owner({ name: "admin", groups: "" })],
  ["a password alone", owner({ keys: [], more: "    passwd: $6$salt$hash" })],
  ["root for the console", `${owner()}  - name: root\n    passwd: $6$salt$hash\n`],
  ["root over SSH, for who says so to sshd", owner({ name: "root", more: "runcmd: [echo PermitRootLogin yes > /x]" })],
  ["a key for all at the top", `${owner({ keys: [] })}ssh_authorized_keys: ["${KEY}"]\n`],
  [
    "group and key in two places",
    `${owner({ keys: [] })}stages:\n  boot:\n    - authorized_keys:\n        ana: ["${KEY}"]\n`,
  ],
  [
    "a user in a stage",
    `#cloud-config\nstages:\n  boot:\n    - users:\n        ana:\n          groups: [admin]\n          ssh_authorized_keys:\n            - ${KEY}\n`,
  ],
  ["a primary group", owner({ groups: "primary_group: admin" })],
  [
    "several keys in one text",
    `#cloud-config\nusers:\n  - name: ana\n    groups: [admin]\n    ssh_authorized_keys:\n      - |\n        ${KEY} one\n        ${KEY} two\n`,
  ],
  ["a disk by its name", install("auto: true", "device: /dev/disk/by-id/ata-SAMSUNG_MZ7LN256HAJQ-000H1_S3TANYOU0")],
  ["a disk that a script finds", install("auto: true", "device: script:///usr/bin/find-disk <x>")],
  ["an installation that formats nothing", install("auto: true", "no-format: true")],
  ["a disk for who is asked", install("device: /dev/sda")],
  ["a host name from a template", `${owner()}hostname: "kitchen-{{ trunc 4 .MachineID }}"\n`],
  ["nobody, where nothing installs yet", "#cloud-config\nhostname: kitchen\n"],
])("%s passes without a word", (_what, text) => {
  expect([text, personalProblems(text, of("iso"))]).toEqual([text, { errors: [], warnings: [] }]);
});

test.each([
  ["github:", owner({ keys: ["github:hush"] }), "--config:5:27: Keys are fetched at each boot"],
  ["an address", owner({ keys: ["https://hush.example/keys"] }), "before the network is there for certain"],
  ["the LARGEST disk, for who is asked", install("device: auto"), "--config:7:11: The installer chooses the disk"],
  ["users outside the group", owner({ groups: "groups: [sudo]" }), "--config:2:1: Nobody could administer"],
  ["a user without a group", owner({ groups: "" }), "found users, none of them in the group admin"],
  ["an administrator who cannot log in", owner({ keys: [] }), "found users in the group admin without a key"],
  [
    "one who is locked",
    owner({ keys: [], more: "    passwd: x\n    lock_passwd: true" }),
    "without a key or a password",
  ],
  ["nobody at all", "#cloud-config\ninstall:\n  auto: true\n  device: /dev/sda\n", "found no users"],
  [
    "what any cloud-config is warned of",
    owner({ more: "write_files:\n  - path: /hush" }),
    "cloud-config/permissions: permissions in",
  ],
])("%s: a warning, and no error", (_what, text, expected) => {
  const { errors, warnings } = personalProblems(text, of("iso"));
  expect([errors, warnings.length]).toEqual([[], 1]);
  expect(warnings[0]).toContain(expected);
  expect(warnings.join()).not.toContain("hush");
});

test.each([
  ...[
    "sda1",
    "vdb12",
    "hdc2",
    "xvda1",
    "nvme0n1p3",
    "mmcblk0p1",
    "nbd0p1",
    "loop3p1",
    "disk/by-id/nvme-Samsung_X-part1",
  ],
  "disk/by-path/pci-0000:00:17.0-ata-1-part2",
])("/dev/%s is a partition, and refused", (name) => {
  for (const auto of ["auto: true", "auto: false"]) {
    const said = errors(install(auto, `device: /dev/${name}`));
    expect(said).toEqual([expect.stringContaining("--config:8:11: The disk is a partition: found a partition's name")]);
    expect(said.join()).not.toContain(name);
  }
});

test.each(["sdX", "sdX1", "disk/by-id/"])("/dev/%s is no disk yet", (name) => {
  expect(errors(install("auto: true", `device: /dev/${name}`))).toEqual([
    expect.stringContaining("--config:8:11: The disk is still to be named"),
  ]);
});

test.each([
  ...["sda", "vdb", "nvme0n1", "mmcblk0", "nbd0", "loop3", "md127", "dm-0", "mapper/vg-x1"],
  ...["disk/by-id/ata-X-part-number-7", "disk/by-id/usb-SanDisk_3.2Gen1-0:0", "disk/by-path/pci-0000:00:17.0-ata-1"],
])("/dev/%s is a disk", (name) => {
  expect(errors(install("auto: true", `device: /dev/${name}`))).toEqual([]);
});

const DISK = "/dev/disk/by-id/nvme-x";
const ADMIN = owner({ name: "eve" });

test.each([
  ["the disk that node.yaml names is taken", install("auto: true"), of("iso", { device: DISK }), ""],
  [
    "node.yaml lets the installer choose, and the file cannot undo it",
    install("auto: true", "device: auto"),
    of("iso", { device: "auto" }),
    "in node.yaml",
  ],
  ["the same disk twice", install("auto: true", `device: ${DISK}`), of("iso", { device: DISK }), ""],
  [
    "another disk than node.yaml's",
    install("auto: true", "device: /dev/sda"),
    of("iso", { device: DISK }),
    "Another disk",
  ],
  [
    "node.yaml installs by itself, and nobody names a disk",
    owner(),
    of("iso", { auto: true }),
    "auto: true in node.yaml",
  ],
  [
    "the file would be asked, node.yaml is stronger",
    install("auto: false"),
    of("iso", { auto: true }),
    "auto: true in node.yaml and no device",
  ],
  [
    "node.yaml installs by itself, to any disk",
    install("device: auto"),
    of("iso", { auto: true }),
    "found auto, expected",
  ],
  ["the file names the disk for node.yaml", install(`device: ${DISK}`), of("iso", { auto: true }), ""],
  ["node.yaml formats nothing", install("auto: true"), of("iso", { "no-format": true }), ""],
  ["node.yaml's auto: false is in no image", install("auto: true"), of("iso", { auto: false }), "and no device"],
  [
    "the node's own people administer it",
    "#cloud-config\ninstall: {device: /dev/sda, auto: true}\n",
    of("iso", {}, ADMIN),
    "",
  ],
  [
    "here the key, and there the group",
    `#cloud-config\nusers:\n  - {name: eve, passwd: x}\n`,
    of("raw", {}, owner({ name: "eve", keys: [] })),
    "",
  ],
])("%s", (_what, text, node, refused) => {
  const { errors, warnings } = personalProblems(text, node);
  expect([errors.length, warnings]).toEqual([refused ? 1 : 0, []]);
  expect(errors.join()).toContain(refused);
});

test("another disk than node.yaml's is a warning to who is asked", () => {
  const { errors, warnings } = personalProblems(install("device: /dev/hush"), of("iso", { device: DISK }));
  expect([errors, warnings]).toEqual([[], [expect.stringContaining("--config:7:11: Another disk is taken")]]);
  expect(warnings.join()).not.toContain("hush");
});

test("what is fetched may name the disk and the people: that they are not here is no error", () => {
  const text = "#cloud-config\nconfig_url: http://hush.example/x\ninstall:\n  auto: true\n";
  const { errors, warnings } = personalProblems(text, of("iso"));
  expect([errors, warnings]).toEqual([[], [expect.stringContaining("unless the file of config_url names one")]]);
  const keys = personalProblems(`${text}ssh_authorized_keys: ["${KEY}"]\n`, of("iso"));
  expect([keys.errors, keys.warnings.length]).toEqual([[], 2]);
});

test.each([
  ["root, locked by a password", '  - {name: root, passwd: "!"}\n', undefined],
  ["root, locked by a word", "  - {name: root, lock_passwd: true}\n", undefined],
  ["root with a key", `  - {name: root, ssh_authorized_keys: ["${KEY}"]}\n`, "root may not log in"],
  ["an account of the base", "  - {name: backup}\n", "neither groups nor a shell)\n"],
  [
    "root's key in a stage",
    `stages:\n  boot:\n    - authorized_keys:\n        root: ["${KEY}"]\n`,
    "root may not log in over SSH: found keys of root",
  ],
])("%s locks nobody out beside an administrator, and everybody without one", (_what, more, warned) => {
  const beside = personalProblems(`${owner()}${more}`, of("iso"));
  expect([beside.errors, beside.warnings.length]).toEqual([[], warned ? 1 : 0]);
  expect(`${beside.warnings.join()}\n`).toContain(warned ?? "");
  const alone = `#cloud-config\n${more.startsWith("  -") ? "users:\n" : ""}${more}`;
  expect(personalProblems(alone, of("raw"))).toEqual({ errors: [expect.stringContaining("--config:")], warnings: [] });
  expect(errors(alone)).toHaveLength(1);
  const node = personalProblems(alone, of("raw", {}, ADMIN));
  expect([node.errors, node.warnings.length]).toEqual([[], warned ? 1 : 0]);
});

test("an account of the base is no administrator, and root with a password is one", () => {
  const backup = `#cloud-config\nusers:\n  - {name: backup, groups: [admin], ssh_authorized_keys: ["${KEY}"]}\n`;
  const locked = '  - {name: root, passwd: "!"}\n';
  expect(errors(`${backup}${locked}`)).toHaveLength(2);
  const root = personalProblems(`${backup}  - {name: root, passwd: $6$salt$hash}\n`, of("raw"));
  expect([root.errors, root.warnings.length]).toEqual([[], 1]);
});

test("a RAW disk is not installed: its file is asked for no disk, and for somebody who can log in", () => {
  const [iso, raw] = (["iso", "raw"] as const).map((medium) => personalProblems(install("auto: true"), of(medium)));
  expect([iso?.errors.length, raw]).toEqual([1, { errors: [], warnings: [] }]);
  expect(personalProblems(install("device: auto"), of("raw"))).toEqual({ errors: [], warnings: [] });
  const recipients = "#cloud-config\nhostname: bell\n";
  expect(personalProblems(recipients, of("iso")).warnings).toEqual([]);
  expect(personalProblems(recipients, of("raw")).warnings.join()).toContain("found no users");
  expect(errors(owner({ name: "daemon" }), "raw")).toHaveLength(1);
});

test("all is said at once, in the order of the lines", () => {
  const text = `hostname: a b\n${owner({ name: "YOU", keys: ["github:YOU"], more: "install:\n  auto: true\n  devise: x" })}`;
  expect(errors(text.replace("#cloud-config\n", "")).map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
    "--config:1:1: it does not start with the line #cloud-config, so that Kairos would pass it by",
    "--config:1:11: cloud-config/hostname",
    "--config:3:11: A user's name is still to be chosen",
    "--config:5:27: This is no key to log in with",
    "--config:7:9: The installation asks nobody and chooses the disk",
    "--config:8:3: cloud-config/unknown-key",
  ]);
});

test("no file makes it throw, and none of what is in quotes is ever said", () => {
  const scalar = fc.constantFrom(
    "root",
    "YOU",
    "hush-hush",
    KEY,
    "github:x",
    "auto",
    "yes",
    "",
    "/dev/x",
    "|",
    "[",
    "{a: b}",
  );
  const key = fc.constantFrom(
    "users",
    "name",
    "install",
    "auto",
    "device",
    "ssh_authorized_keys",
    "stages",
    "boot",
    "passwd",
  );
  const line = fc.tuple(fc.nat(3), fc.boolean(), key, scalar).map(([depth, item, name, value]) => {
    return `${"  ".repeat(depth)}${item ? "- " : ""}${name}: ${value}`;
  });
  const text = fc.array(line, { maxLength: 12 }).map((lines) => ["#cloud-config", ...lines].join("\n"));
  fc.assert(
    fc.property(
      fc.oneof(text, fc.string({ unit: "binary" })),
      fc.constantFrom("iso" as const, "raw" as const),
      (file, medium) => {
        const { errors, warnings } = personalProblems(file, of(medium));
        expect([...errors, ...warnings].join("\n")).not.toContain("hush-hush");
      },
    ),
    { numRuns: 1000 },
  );
});

const master = "/usr/share/base-passwd/passwd.master";
test.skipIf(!existsSync(master))("the accounts of base-passwd are those of this machine's package", () => {
  const names = readFileSync(master, "utf8")
    .split("\n")
    .flatMap((line) => line.split(":")[0] || []);
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !BASE_ACCOUNTS.has(name))).toEqual([]);
});
