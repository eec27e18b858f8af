import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { HegemonikonError } from "../../../.dagger/src/errors.js";
import { roleEntries } from "../../../.dagger/src/plan/role.js";
import { input } from "./inputs";

const at = (entries: ReturnType<typeof roleEntries>, path: string) => entries.find((entry) => entry.path === path);

test("the cloud-config is baked in where an upgrade replaces it", () => {
  const asked = input();
  expect(at(roleEntries(asked), "/system/oem/90_probe.yaml")).toMatchObject({ kind: "text", text: asked.cloudConfig });
});

test("install defaults go to /etc/kairos", () => {
  const entry = at(roleEntries(input({ install: { auto: true, device: "/dev/vda" } })), "/etc/kairos/90_install.yaml");
  expect(entry).toMatchObject({ text: expect.stringContaining("install:\n  auto: true\n  device: /dev/vda\n") });
});

test("a default that says no to auto is left out: it would come after the yes of a medium's owner", () => {
  const entry = at(roleEntries(input({ install: { auto: false, reboot: true } })), "/etc/kairos/90_install.yaml");
  expect(entry).toMatchObject({ text: expect.stringMatching(/\ninstall:\n {2}reboot: true\n$/) });
});

test("Kairos' web installer, which erases a disk for whoever asks, is off in every image", () => {
  const { text } = at(roleEntries(input()), "/etc/kairos/agent.yaml") as { text: string };
  expect(parse(text)).toEqual({ webui: { disable: true } });
  // With a cloud-config's first line it would be merged into the machine's own, and be kept with it.
  expect(text).not.toContain("#cloud-config");
});

const upgradeOf = (more: object) => {
  const { text } = at(roleEntries(input(more)), "/etc/kairos/91_upgrade.yaml") as { text: string };
  expect(text).toStartWith("#cloud-config\n"); // without it the agent skips the file
  return parse(text).upgrade;
};
const budgets = { image: "1.5GiB", medium: "512MiB" };
const install = { partitions: { state: { size: 3 * 1536 + 1000 } } };

test("the file of the next image is as large as the budget allows one to be, active or recovery", () => {
  const both = { system: { size: 1536 }, "recovery-system": { size: 1536 } };
  expect(upgradeOf({ budgets, install })).toEqual(both);
  expect(upgradeOf({ budgets, install: { "partitions.state.size": 6000 } })).toEqual(both);
  expect(upgradeOf({ budgets, medium: "raw" })).toEqual(both);
});

test("that of the recovery system is left to the agent where a reset, which copies it twice, may lack the room", () => {
  const system = { system: { size: 1536 } };
  expect(upgradeOf({ budgets })).toEqual(system);
  expect(upgradeOf({ budgets, install: { partitions: { recovery: { size: 9000 } } } })).toEqual(system);
  expect(upgradeOf({ budgets: { ...budgets, image: "2GiB" }, install })).toEqual({ system: { size: 2048 } });
});

test(".nousers is there only where no user is declared", () => {
  expect(at(roleEntries(input()), "/etc/kairos/.nousers")).toBeUndefined();
  expect(at(roleEntries(input({}, {}, "#cloud-config\nname: probe\n")), "/etc/kairos/.nousers")).toBeDefined();
});

test("files keep their mode, the Kubernetes binary goes to /usr/bin with the pinned sum", () => {
  const entries = roleEntries(
    input({
      files: [{ path: "/usr/bin/tool", source: "files/tool", mode: "0755" }],
      kubernetes: { distribution: "k0s", source: "k0s" },
    }),
  );
  expect(at(entries, "/usr/bin/tool")).toEqual({
    kind: "file",
    path: "/usr/bin/tool",
    mode: 0o755,
    source: "files/tool",
  });
  expect(at(entries, "/usr/bin/k0s")).toMatchObject({
    kind: "download",
    mode: 0o755,
    download: { url: "https://example.org/v1.34.1+k0s.0/k0s-amd64", sha256: "b".repeat(64) },
  });
});

test("a baked container becomes an archive, a pulled one only an entry of the list", () => {
  const baked = roleEntries(input({ containers: [{ source: "app", delivery: "baked" }] }));
  expect(at(baked, "/usr/share/hegemonikon/containers/app.oci.tar")).toMatchObject({ kind: "archive" });
  const pulled = roleEntries(input({ containers: [{ source: "app", delivery: "pulled" }] }));
  expect(pulled.some(({ kind }) => kind === "archive")).toBe(false);
  const list = at(pulled, "/usr/share/hegemonikon/containers.json");
  expect(JSON.parse((list as { text: string }).text)).toEqual([
    {
      source: "app",
      reference: "docker.io/acme/app",
      version: "v1",
      digest: `sha256:${"a".repeat(64)}`,
      delivery: "pulled",
    },
  ]);
});

test("a tree is an image's root file system as a folder; an image that is not in sources.yaml is named", () => {
  const path = "/usr/lib/probe/plugin";
  const entry = at(roleEntries(input({ trees: [{ source: "app", path }] })), path);
  expect(entry).toMatchObject({ kind: "tree", image: { address: `docker.io/acme/app:v1@sha256:${"a".repeat(64)}` } });
  expect(() => roleEntries(input({ trees: [{ source: "ap", path }] }))).toThrow(
    /no image named ap, expected one of: app/,
  );
});

test("assertions carry seconds", () => {
  const more = { assertions: [{ name: "up", command: "true", within: "2min" }] };
  expect(at(roleEntries(input(more)), "/usr/share/hegemonikon/assertions.tsv")).toMatchObject({
    text: "120\tup\ttrue\n",
  });
});

describe("what the project writes to /usr/share/hegemonikon", () => {
  const root = join(import.meta.dir, "../../..");
  const below = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
  const written = roleEntries(input())
    .filter(({ kind, path }) => kind === "text" && path.startsWith("/usr/share/hegemonikon/"))
    .map(({ path }) => path.slice("/usr/share/hegemonikon/".length));

  test("is all that role-check names there", () => {
    const named = below(".dagger/src/boot/role-check/files").flatMap((text) =>
      [...text.matchAll(/(?:\$share|\/usr\/share\/hegemonikon)\/([\w.-]+)/g)].map(([, name = ""]) => name),
    );
    expect(new Set(named)).toEqual(new Set(["assertions.tsv", "node.json"]));
    expect(written).toEqual(expect.arrayContaining(named));
  });

  test("is read by a program of an image", () => {
    const programs = [
      ...below(".dagger/src/boot/role-check/files"),
      ...below(".dagger/src/boot/role-gate/files"),
      ...readdirSync(join(root, "nodes")).flatMap((name) => below(`nodes/${name}/files`)),
    ];
    const reads = (name: string) => programs.some((text) => new RegExp(`/${name.replace(".", "\\.")}\\b`).test(text));
    expect(written.filter((name) => !reads(name))).toEqual([]);
  });
});

test("an enabled unit of the role is linked, a package's by its kind, a quadlet's not at all", () => {
  const entries = roleEntries(
    input(
      {
        units: [
          { name: "a.service", source: "files/a.service" },
          { name: "b.timer" },
          { name: "c.service" },
          { name: "d.service", source: "files/d.service", enable: false },
        ],
        files: [{ path: "/etc/containers/systemd/c.container", source: "files/c.container" }],
      },
      { "files/a.service": "[Install]\nWantedBy=multi-user.target\n", "files/d.service": "[Service]\n" },
    ),
  );
  const links = entries.filter(({ kind, path }) => kind === "link" && /\/[abcd]\./.test(path)).map(({ path }) => path);
  expect(links).toEqual([
    "/usr/lib/systemd/system/multi-user.target.wants/a.service",
    "/usr/lib/systemd/system/timers.target.wants/b.timer",
  ]);
});

test("every unit that cannot be built in is named at once", () => {
  const broken = input(
    {
      units: [
        { name: "a.service", source: "files/a.service" },
        { name: "b.service", source: "files/b.service" },
      ],
    },
    { "files/a.service": "[Service]\n" },
  );
  expect(() => roleEntries(broken)).toThrow(HegemonikonError);
  expect(() => roleEntries(broken)).toThrow(
    /files\/a\.service: found no \[Install\][\s\S]*files\/b\.service is not a file/,
  );
});
