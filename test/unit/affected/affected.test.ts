import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { Node } from "../../../.dagger/src/node/node.js";
import { parseNode } from "../../../.dagger/src/node/parse.js";
import { affected, isReadByMeaning, type Revision } from "../../../.dagger/src/plan/affected.js";
import { codeStripper } from "../../../.dagger/src/plan/affected-code.js";
import { FIELD_STEPS, moduleStep, STEPS, sourceSteps, TOOL_STEPS } from "../../../.dagger/src/plan/affected-steps.js";
import { affectedJson, affectedText } from "../../../.dagger/src/plan/affected-text.js";
import { bakedCloudConfig } from "../../../.dagger/src/plan/baked-cloud-config.js";
import { roleEntries } from "../../../.dagger/src/plan/role.js";
import { parseSources } from "../../../.dagger/src/sources/parse.js";
import { input } from "../plan/inputs";

const root = join(import.meta.dir, "../../..");

const SOURCES = `sources:
  ubuntu-24.04: { kind: image, for: base, reference: docker.io/library/ubuntu, version: "24.04" }
  ubuntu-22.04: { kind: image, for: base, reference: docker.io/library/ubuntu, version: "22.04" }
  debian: { kind: image, for: base, reference: docker.io/library/debian, version: "13" }
  apt-snapshot-ubuntu: { kind: apt-snapshot, for: apt, distribution: ubuntu, url: "https://example.org/{version}", version: 20261001T000000Z }
  kairos-init: { kind: image, for: kairos, reference: quay.io/kairos/kairos-init, version: v0.17.3 }
  auroraboot: { kind: image, for: media, reference: quay.io/kairos/auroraboot, version: v0.26.2 }
  k0s: { kind: download, for: kubernetes, url: "https://example.org/k0s", version: v1.34.10+k0s.0 }
  local-ai: { kind: image, for: ai, reference: docker.io/localai/localai, version: v4.8.2 }
  backend: { kind: image, for: ai, reference: quay.io/acme/backend, version: v1.0.0-cpu }
  syft: { kind: image, for: sbom, reference: ghcr.io/anchore/syft, version: v1.38.0 }
  cosign: { kind: image, for: sign, reference: ghcr.io/sigstore/cosign/cosign, version: v3.0.2 }
`;

function node(name: string, more: string, base = "ubuntu-24.04"): string {
  return `name: ${name}
role: a role
machine: any
status: available
arch: ${base === "ubuntu-22.04" ? "arm64" : "amd64"}
model: generic
base: ${base}
medium: iso
${more}budgets: { image: 3GiB, medium: 2GiB }
assertions: [{ name: it works, command: "true", within: 10s }]
`;
}

const FIXTURE: Revision = new Map([
  ["sources.yaml", SOURCES],
  ["nodes/kairos/node.yaml", node("kairos", "packages: [strace]\n")],
  ["nodes/kairos/cloud-config.yaml", "#cloud-config\nhostname: kairos\n"],
  [
    "nodes/noos/node.yaml",
    node(
      "noos",
      "containers: [{ source: local-ai, delivery: baked }]\ntrees: [{ source: backend, path: /usr/lib/noos/backend }]\n",
    ),
  ],
  ["nodes/protos/node.yaml", node("protos", "kubernetes: { distribution: k0s, source: k0s }\n")],
  [
    "nodes/thuroros/node.yaml",
    node("thuroros", "files: [{ path: /usr/bin/doorbell, source: files/doorbell.py }]\n", "ubuntu-22.04"),
  ],
  ["dagger.json", '{"name":"hegemonikon","engineVersion":"v0.21.8"}'],
  [".dagger/src/image/base.ts", "// a comment\nexport const a = 1;\n"],
  [".dagger/src/image/scripts/clean.sh", "#!/bin/sh\n# a comment\nrm -rf /tmp/x\n"],
  [".dagger/src/image/scripts/apt-sources.sh", "#!/bin/sh\ncat > /etc/x << 'END'\n# a comment\nEND\n"],
  [".dagger/src/boot/role-check/files/run", "#!/bin/sh\n# a comment\ntrue\n"],
]);

const NODES = [...FIXTURE.keys()].flatMap((path) => /^nodes\/(\w+)\/node\.yaml$/.exec(path)?.slice(1) ?? []);

/** The fixture with one file's text replaced, and what that touches. */
function after(path: string, from: string, to: string, before: Revision = FIXTURE) {
  const text = before.get(path) ?? "";
  expect(text).toContain(from);
  return affected([path], before, new Map(before).set(path, text.replace(from, to)));
}

const touched = (result: { nodes: { node: string }[] }): string[] => result.nodes.map(({ node }) => node);

describe("affected", () => {
  test("a comment touches no node", () => {
    for (const path of ["sources.yaml", "nodes/noos/node.yaml"]) {
      const result = affected([path], FIXTURE, new Map(FIXTURE).set(path, `# why\n${FIXTURE.get(path)}`));
      expect(result).toEqual({ nodes: [], removed: [], ignored: [path] });
    }
    const path = "nodes/kairos/cloud-config.yaml";
    expect(touched(after(path, "hostname: kairos", "hostname: kairos # the box"))).toEqual([]);
    expect(touched(after(".dagger/src/image/scripts/clean.sh", "# a comment", "# why\n    # and why"))).toEqual([]);
  });

  test("a shell file of the module that does something else, or whose comment ends in an image, touches every node", () => {
    expect(touched(after(".dagger/src/image/scripts/clean.sh", "rm -rf /tmp/x", "rm -rf /tmp/y"))).toEqual(NODES);
    expect(touched(after(".dagger/src/image/scripts/clean.sh", "#!/bin/sh", "#!/bin/bash"))).toEqual(NODES);
    expect(touched(after(".dagger/src/image/scripts/apt-sources.sh", "# a comment", "# why"))).toEqual(NODES);
    expect(touched(after(".dagger/src/boot/role-check/files/run", "# a comment", "# why"))).toEqual(NODES);
  });

  test("a cloud-config is compared as it is baked: yip reads the text of a scalar, not its value in YAML 1.2", () => {
    const path = "nodes/kairos/cloud-config.yaml";
    const change = (from: string, to: string) => {
      const text = (value: string) => `#cloud-config\nstages:\n  boot:\n    - permissions: ${value}\n`;
      return affected([path], new Map(FIXTURE).set(path, text(from)), new Map(FIXTURE).set(path, text(to)));
    };
    for (const [from, to] of [
      ["644", "0644"],
      ["0o644", "420"],
      ["1e3", "1000"],
      ["0x10", "16"],
      ["3.10", "3.1"],
      ["1.0", "1"],
      ["yes", '"yes"'],
      ["'yes'", '"yes"'],
      [".nan", ".inf"],
      ["12345678901234567890", "12345678901234567891"],
      ["2001-01-01", '"2001-01-01"'],
      ["{ A: 1, B: 2 }", "{ B: 2, A: 1 }"],
      ["|\n        # one", "|\n        # two"],
    ] as const) {
      expect([from, to, ...change(from, to).nodes.flatMap(({ reasons }) => reasons.map(({ step }) => step))]).toEqual([
        from,
        to,
        "role",
      ]);
    }
    expect(change("0644", "0644   # why\n# and why\n\n").nodes).toEqual([]);
  });

  test("what is different in an image is touched: of any two cloud-configs that are baked, and of the install block", () => {
    const path = "nodes/kairos/cloud-config.yaml";
    const text = fc.oneof(
      fc.string(),
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => stringify(value)),
    );
    fc.assert(
      fc.property(text, text, (before, after) => {
        const result = affected([path], new Map(FIXTURE).set(path, before), new Map(FIXTURE).set(path, after));
        expect(result.nodes.length === 0).toBe(bakedCloudConfig(before) === bakedCloudConfig(after));
      }),
    );
    const nodeFile = "nodes/kairos/node.yaml";
    const install = (block: string) => new Map(FIXTURE).set(nodeFile, node("kairos", `install: ${block}\n`));
    const order = affected(
      [nodeFile],
      install("{ reboot: true, poweroff: false }"),
      install("{ poweroff: false, reboot: true }"),
    );
    expect(order.nodes.map(({ reasons }) => reasons.map(({ what }) => what))).toEqual([["install changed"]]);
  });

  test("the first line of a cloud-config is no comment", () => {
    expect(touched(after("nodes/kairos/cloud-config.yaml", "#cloud-config\n", "# cloud-config\n"))).toEqual(["kairos"]);
  });

  test("READMEs, docs, tests, workflows, the launcher and local tools touch no node", () => {
    const paths = [
      "README.md",
      "nodes/noos/README.md",
      "docs/release.md",
      "test/unit/a.test.ts",
      ".github/workflows/ci.yaml",
      "hegemonikon",
      "local/engine/up",
      "schema/node.schema.json",
      "renovate.json",
      ".dagger/src/publish/push.ts",
      ".dagger/src/check/rules.ts",
      ".dagger/src/plan/tags.ts",
      "package.json",
    ];
    expect(affected(paths, FIXTURE, FIXTURE)).toEqual({ nodes: [], removed: [], ignored: [...paths].sort() });
  });

  test("a pinned source touches just its users, through the first step that reads it", () => {
    const version = (from: string, to: string) =>
      after("sources.yaml", from, to).nodes.map(
        ({ node, reasons }) => `${node} ${reasons.map((r) => `${r.step} ${r.cause}: ${r.what}`)}`,
      );
    expect(version("v1.34.10+k0s.0", "v1.35.0+k0s.0")).toEqual([
      "protos role source k0s: version v1.34.10+k0s.0 → v1.35.0+k0s.0",
    ]);
    expect(version("v4.8.2", "v4.9.0")).toEqual(["noos role source local-ai: version v4.8.2 → v4.9.0"]);
    expect(version("v1.0.0-cpu", "v1.1.0-cpu")).toEqual(["noos role source backend: version v1.0.0-cpu → v1.1.0-cpu"]);
    expect(version('"22.04"', '"22.10"')).toEqual(["thuroros base source ubuntu-22.04: version 22.04 → 22.10"]);
    expect(version("v0.17.3", "v0.17.4").map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(
      NODES.map((name) => `${name} kairos`),
    );
    expect(version("20261001T000000Z", "20261101T000000Z")).toHaveLength(4);
    expect(version('"13"', '"14"')).toEqual([]);
    expect(version("v3.0.2", "v3.0.3")).toEqual([]);
  });

  test("the newest base of a distribution holds the emulator of every node of it, also of one with an older base", () => {
    const pinned = after("sources.yaml", 'version: "24.04"', `version: "24.04", digest: "sha256:${"b".repeat(64)}"`);
    expect(pinned.nodes.map(({ node, reasons }) => `${node} ${reasons.map(({ step }) => step)}`)).toEqual([
      "kairos base",
      "noos base",
      "protos base",
      "thuroros boot",
    ]);
    const newer = after(
      "sources.yaml",
      "sources:\n",
      'sources:\n  ubuntu-26.04: { kind: image, for: base, reference: docker.io/library/ubuntu, version: "26.04" }\n',
    );
    expect(newer.nodes.map(({ node, reasons }) => `${node} ${reasons.map(({ step }) => step)}`)).toEqual(
      NODES.map((name) => `${name} boot`),
    );
  });

  test("what a source is for is text for people, and a snapshot's suite is lock's affair", () => {
    expect(touched(after("sources.yaml", "distribution: ubuntu", "distribution: ubuntu, suite: noble"))).toEqual([]);
    expect(touched(after("sources.yaml", "for: kubernetes", "for: the cluster"))).toEqual([]);
  });

  test("the sum of a download for one architecture touches the nodes of that architecture", () => {
    const yaml = (arm64: string, url = "https://example.org/k0s-{arch}") =>
      SOURCES.replace(
        'url: "https://example.org/k0s"',
        `url: "${url}", sha256: { amd64: ${"a".repeat(64)}, arm64: ${arm64.repeat(64)} }`,
      );
    const both = new Map(FIXTURE).set(
      "nodes/thuroros/node.yaml",
      node("thuroros", "kubernetes: { distribution: k0s, source: k0s }\n", "ubuntu-22.04"),
    );
    const change = (before: string, after: string, nodes: Revision = both) =>
      affected(["sources.yaml"], new Map(nodes).set("sources.yaml", before), new Map(nodes).set("sources.yaml", after));
    expect(touched(change(yaml("b"), yaml("c")))).toEqual(["thuroros"]);
    expect(touched(change(yaml("b"), yaml("c").replaceAll("a".repeat(64), "d".repeat(64))))).toEqual([
      "protos",
      "thuroros",
    ]);
    expect(touched(change(yaml("b"), yaml("b", "https://example.com/k0s-{arch}")))).toEqual(["protos", "thuroros"]);
    expect(change(yaml("b"), yaml("c"), FIXTURE)).toEqual({ nodes: [], removed: [], ignored: ["source k0s"] });
  });

  test("a digest that is pinned touches its users", () => {
    const result = after("sources.yaml", "version: v4.8.2", `version: v4.8.2, digest: "sha256:${"a".repeat(64)}"`);
    expect(result.nodes).toEqual([
      {
        node: "noos",
        arch: "amd64",
        medium: "iso",
        reasons: [{ cause: "source local-ai", step: "role", what: "digest changed" }],
      },
    ]);
  });

  test("a field of node.yaml goes through its step, fields for people through none", () => {
    const steps = (from: string, to: string) =>
      after("nodes/kairos/node.yaml", from, to).nodes.flatMap(({ reasons }) =>
        reasons.map((r) => `${r.step}: ${r.what}`),
      );
    expect(steps("[strace]", "[strace, gdb]")).toEqual(["packages: packages changed"]);
    expect(steps("base: ubuntu-24.04", "base: debian")).toEqual(["base: base changed"]);
    expect(steps("status: available", "status: running")).toEqual([]);
    expect(steps("machine: any", "machine: a box")).toEqual([]);
    expect(steps("packages: [strace]", "packages: [strace]\nunits: []")).toEqual([]);
  });

  test("every field of node.yaml has a step or is for people", () => {
    const fields = Object.keys(Node.shape).filter((field) => !(field in FIELD_STEPS));
    expect(fields.sort()).toEqual(["machine", "status"]);
  });

  test("a field whose step is after the role's is in no file of the role", () => {
    const others: Partial<Record<keyof Node, object>> = {
      memory: { memory: "9GiB" },
      medium: { medium: "raw" },
      budgets: { budgets: { image: "7GiB", medium: "6GiB" } },
    };
    const late = Object.entries(FIELD_STEPS).filter(([, step]) => STEPS.indexOf(step) > STEPS.indexOf("role"));
    expect(late.length).toBeGreaterThan(0);
    for (const [field] of late) {
      const other = others[field as keyof Node];
      expect([field, other]).not.toEqual([field, undefined]);
      expect([field, roleEntries(input(other))]).toEqual([field, roleEntries(input())]);
    }
  });

  test("a file of the role touches its node, a file that nobody names touches none", () => {
    expect(touched(affected(["nodes/thuroros/files/doorbell.py"], FIXTURE, FIXTURE))).toEqual(["thuroros"]);
    expect(touched(affected(["nodes/thuroros/files/notes.txt"], FIXTURE, FIXTURE))).toEqual([]);
  });

  test("the module's code touches all, its comments and types none", async () => {
    const path = ".dagger/src/image/base.ts";
    const strip = await codeStripper();
    const change = (text: string) => affected([path], FIXTURE, new Map(FIXTURE).set(path, text), strip);
    expect(touched(change("/** Another comment. */\nexport const a: number = 1;\n"))).toEqual([]);
    expect(touched(change("export const a = 2;\n"))).toEqual(NODES);
    expect(touched(affected([".dagger/bun.lock"], FIXTURE, FIXTURE))).toEqual(NODES);
    expect(affected([".dagger/src/boot/run.py"], FIXTURE, FIXTURE).nodes[0]?.reasons[0]?.step).toBe("boot");
  });

  test("dagger.json is compared by its values", () => {
    expect(touched(after("dagger.json", '{"name"', '{ "name"'))).toEqual([]);
    expect(touched(after("dagger.json", "v0.21.8", "v0.21.9"))).toEqual(NODES);
  });

  test("a new node is touched, a removed one is named, its files are not", () => {
    const grown = new Map(FIXTURE).set("nodes/neos/node.yaml", node("neos", ""));
    const paths = ["nodes/neos/", "nodes/neos/node.yaml", "nodes/neos/README.md"];
    expect(affected(paths, FIXTURE, grown)).toEqual({
      nodes: [
        {
          node: "neos",
          arch: "amd64",
          medium: "iso",
          reasons: [{ cause: "nodes/neos/node.yaml", step: "base", what: "a new node" }],
        },
      ],
      removed: [],
      ignored: ["nodes/neos/README.md"],
    });
    expect(affected(paths, grown, FIXTURE)).toMatchObject({ nodes: [], removed: ["neos"] });
  });

  test("a node.yaml that is a link, a folder or gone from a folder that stays touches its node", () => {
    const path = "nodes/noos/node.yaml";
    const unreadable = new Map(FIXTURE).set(path, "");
    const reason = (changed: string[], before: Revision, after: Revision) =>
      affected(changed, before, after).nodes.map(({ node, reasons }) => [node, reasons.map(({ what }) => what)]);
    for (const changed of [[path], [`${path}/`, `${path}/x`], []]) {
      expect(reason(changed, FIXTURE, unreadable)).toEqual([["noos", ["node.yaml cannot be read now"]]]);
    }
    expect(reason([path], unreadable, FIXTURE)).toEqual([
      ["noos", ["node.yaml cannot be read at the earlier revision"]],
    ]);
    expect(reason([path], unreadable, unreadable)).toEqual([["noos", ["node.yaml cannot be read now"]]]);
    expect(reason(["README.md"], unreadable, unreadable)).toEqual([]);
    const grown = new Map(FIXTURE).set("nodes/neu/node.yaml", "");
    expect(reason(["nodes/neu/README.md"], FIXTURE, grown)).toEqual([["neu", ["a new node"]]]);
    expect(affected([path], unreadable, new Map()).removed).toContain("noos");
  });

  test("what cannot be read touches those that read it", () => {
    expect(touched(after("nodes/noos/node.yaml", "name: noos", "name: [noos"))).toEqual(["noos"]);
    expect(touched(after("sources.yaml", "sources:", "sources: ["))).toEqual(NODES);
    const broken = new Map(FIXTURE).set("sources.yaml", "sources: [");
    expect(affected(["sources.yaml"], broken, FIXTURE).nodes[0]?.reasons[0]?.what).toContain("earlier revision");
  });

  test("whatever the texts are, there is an answer", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...FIXTURE.values()));
    const path = fc.oneof(fc.string(), fc.constantFrom(...FIXTURE.keys(), "nodes/x/files/a"));
    fc.assert(
      fc.property(fc.array(path), fc.array(fc.tuple(path, text)), fc.array(fc.tuple(path, text)), (changed, a, b) => {
        const result = affected(changed, new Map(a), new Map(b));
        expect(result.nodes.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
    );
  });

  test("the text names node, step, cause and what is new", () => {
    const result = after("sources.yaml", "v1.34.10+k0s.0", "v1.35.0+k0s.0");
    expect(affectedText(result, "main")).toBe(
      "protos (amd64, iso)\n  role     source k0s: version v1.34.10+k0s.0 → v1.35.0+k0s.0\n",
    );
    expect(affectedText({ nodes: [], removed: [], ignored: ["a"] }, "main")).toBe(
      "No node is touched by the changes since main.\nTouches no node: a\n",
    );
    const many = ["a", "b", "c", "d", "e"].map((cause) => ({ cause, step: "role" as const, what: "changed" }));
    const nodes = [{ node: "x", arch: "amd64", medium: "iso", reasons: many }];
    expect(affectedText({ nodes, removed: ["y"], ignored: [] }, "main")).toBe(
      "x (amd64, iso)\n  role     a, b, c and 2 more: changed\nGone: y\n",
    );
    expect(JSON.parse(affectedJson(result, "main"))).toMatchObject({ since: "main", nodes: [{ node: "protos" }] });
  });
});

describe("this repository", () => {
  const text = (path: string) => readFileSync(join(root, path), "utf8");
  const source = (path: string) => text(`.dagger/src/${path}`);
  const names = readdirSync(join(root, "nodes"), { withFileTypes: true }).flatMap((d) =>
    d.isDirectory() ? [d.name] : [],
  );
  const sources = parseSources("sources.yaml", text("sources.yaml")).sources?.sources ?? {};

  test("every source has a user: a node, or code that makes an image's reference of its name", () => {
    const files = readdirSync(join(root, ".dagger/src"), { recursive: true, encoding: "utf8" });
    const code = files.filter((file) => file.endsWith(".ts")).map((file) => text(`.dagger/src/${file}`));
    const used = new Set(
      code
        .filter((file) => file.includes("imageReference("))
        .flatMap((file) => file.match(/(?<=")[\w.-]+(?=")/g) ?? []),
    );
    expect(Object.keys(TOOL_STEPS).filter((name) => !used.has(name))).toEqual([]);
    for (const name of names) {
      const parsed = parseNode(`nodes/${name}/node.yaml`, text(`nodes/${name}/node.yaml`)).node;
      for (const source of parsed ? sourceSteps(parsed, sources).keys() : []) used.add(source);
    }
    expect(Object.keys(sources).length).toBeGreaterThan(0);
    expect(Object.keys(sources).filter((name) => !used.has(name))).toEqual([]);
  });

  test("what counts as not building is imported by nothing that builds, but to be refused", () => {
    const refusals = ["check/check.ts", "check/report.ts"];
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path) || refusals.includes(path)) return;
      seen.add(path);
      for (const [, to] of source(path).matchAll(/from "(\.[^"]+)\.js"/g))
        visit(`${join(path, "..", to as string)}.ts`);
    };
    const folders = ["image", "media", "boot", "manifest"];
    const files = readdirSync(join(root, ".dagger/src"), { recursive: true, encoding: "utf8" });
    for (const file of files) if (file.endsWith(".ts") && folders.includes(file.split("/")[0] ?? "")) visit(file);
    expect(seen.size).toBeGreaterThan(5);
    expect([...seen].filter((path) => moduleStep(`.dagger/src/${path}`) === undefined)).toEqual([]);
  });

  test("a text of the module's that stands in an image is of the role's step, not of one after it", () => {
    const late = STEPS.slice(STEPS.indexOf("role") + 1);
    const files = readdirSync(join(root, ".dagger/src"), { recursive: true, encoding: "utf8" });
    const paths = new Map(
      files.filter((file) => /\/files\/[^/]+$/.test(file)).map((file) => [source(file), `.dagger/src/${file}`]),
    );
    const baked = roleEntries(input()).flatMap((entry) => {
      const path = entry.kind === "text" ? paths.get(entry.text) : undefined;
      return path ? [path] : [];
    });
    expect(baked.length).toBeGreaterThan(10);
    expect(baked.filter((path) => late.includes(moduleStep(path) ?? "boot"))).toEqual([]);
    const why = (path: string) => affected([path], FIXTURE, FIXTURE).nodes[0]?.reasons[0]?.step;
    expect(why(".dagger/src/boot/role-gate/entries.ts")).toBe("role");
  });

  test("the files that are read by their meaning are the ones it has", () => {
    expect(isReadByMeaning("nodes/noos/cloud-config.yaml") && isReadByMeaning("dagger.json")).toBe(true);
    expect(isReadByMeaning(".dagger/src/publish/push.ts")).toBe(false);
  });
});
