import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { checkWorkspace } from "../../../.dagger/src/check/check.js";
import { jsonReport, sarifReport, textReport } from "../../../.dagger/src/check/report.js";
import type { Workspace, WorkspaceFile } from "../../../.dagger/src/check/workspace.js";
import { change, type Files, places, VALID_CLOUD, VALID_NODE, VALID_SOURCES, workspace } from "./valid.js";

// A busy machine takes longer than the usual 5 s.
setDefaultTimeout(120_000);

function check(changes: Files): string[] {
  return places(checkWorkspace(workspace(changes)));
}

describe("a node's folder", () => {
  const link = (target: string): Omit<WorkspaceFile, "path"> => ({ kind: "symlink", target });
  const cases: [what: string, changes: Files, expected: string[]][] = [
    ["without node.yaml", { "nodes/demo/node.yaml": null }, ["nodes/demo/node.yaml node/missing-file"]],
    [
      "without cloud-config.yaml",
      { "nodes/demo/cloud-config.yaml": null },
      ["nodes/demo/cloud-config.yaml node/missing-file"],
    ],
    ["without README.md", { "nodes/demo/README.md": null }, ["nodes/demo/README.md node/missing-file"]],
    [
      "with nodes.yml for node.yaml",
      { "nodes/demo/node.yaml": null, "nodes/demo/node.yml": VALID_NODE },
      ["nodes/demo/node.yaml node/missing-file", "nodes/demo/node.yml node/stray-file"],
    ],
    ["with a stray file", { "nodes/demo/notes.txt": "x" }, ["nodes/demo/notes.txt node/stray-file"]],
    ["with a stray folder", { "nodes/demo/scripts/x": "x" }, ["nodes/demo/scripts node/stray-file"]],
    [
      "of a name that no node can have",
      { "nodes/Demo_2": { kind: "directory" } },
      [
        "nodes/Demo_2 node/folder-name",
        "nodes/Demo_2/README.md node/missing-file",
        "nodes/Demo_2/cloud-config.yaml node/missing-file",
        "nodes/Demo_2/node.yaml node/missing-file",
      ],
    ],
    ["with a file beside the folders", { "nodes/x.yaml": "x" }, ["nodes/x.yaml node/stray-file"]],
    [
      "with a link out of it",
      { "nodes/demo/files/demo": link("../../../etc/passwd") },
      ["nodes/demo/files/demo node/no-symlinks"],
    ],
    [
      "with a link within",
      { "nodes/demo/files/demo": link("demo.service") },
      ["nodes/demo/files/demo node/no-symlinks"],
    ],
    [
      "with a link as node.yaml",
      { "nodes/demo/node.yaml": link("/dev/zero") },
      ["nodes/demo/node.yaml node/no-symlinks"],
    ],
    [
      "with a file too large to read",
      { "nodes/demo/files/demo": { kind: "file" } },
      ["nodes/demo/files/demo node/large-file"],
    ],
    ["with a list for node.yaml", { "nodes/demo/node.yaml": "- a\n" }, ["nodes/demo/node.yaml:1:1 node/schema"]],
    ["with an empty node.yaml", { "nodes/demo/node.yaml": "" }, ["nodes/demo/node.yaml yaml/empty"]],
    [
      "with a binary node.yaml",
      { "nodes/demo/node.yaml": new Uint8Array([0x7f, 0x45, 0, 1]) },
      ["nodes/demo/node.yaml yaml/binary"],
    ],
    [
      "with an empty cloud-config.yaml",
      { "nodes/demo/cloud-config.yaml": "" },
      ["nodes/demo/cloud-config.yaml yaml/empty"],
    ],
    [
      "with 10 MB for cloud-config.yaml",
      { "nodes/demo/cloud-config.yaml": new Uint8Array(10_000_000).fill(0x61) },
      ["nodes/demo/cloud-config.yaml yaml/too-large"],
    ],
  ];
  for (const [what, changes, expected] of cases) test(what, () => expect(check(changes)).toEqual(expected));

  test("a link out of the folder says so", () => {
    const outside = (target: string) =>
      checkWorkspace(workspace({ "nodes/demo/files/demo": { kind: "symlink", target } })).problems[0]?.message;
    expect(outside("../../other/files/x")).toContain("leads out");
    expect(outside("/etc/passwd")).toContain("leads out");
    expect(outside("../README.md")).not.toContain("leads out");
  });

  test("a broken node is not among the nodes, the others are", () => {
    const { nodes, broken } = checkWorkspace(workspace({ "nodes/bad/node.yaml": "a: [" }));
    expect([...nodes.keys()]).toEqual(["demo"]);
    expect(broken).toEqual(["bad"]);
  });

  test("no node at all", () => {
    const files = workspace().filter(({ path }) => path === "sources.yaml");
    expect(places(checkWorkspace(files))).toEqual(["nodes node/none"]);
    expect(places(checkWorkspace([]))).toEqual(["nodes node/none", "sources.yaml sources/missing"]);
  });
});

describe("sources.yaml", () => {
  const cases: [what: string, text: string | null, expected: string[]][] = [
    ["missing", null, ["sources.yaml sources/missing"]],
    [
      "without a digest: a warning",
      change(VALID_SOURCES, `    digest: sha256:${"c".repeat(64)}\n`, ""),
      ["sources.yaml:18:5 sources/pinned"],
    ],
    [
      "with a sha256 for one of two architectures: a warning",
      change(VALID_SOURCES, `      arm64: ${"f".repeat(64)}\n`, ""),
      ["sources.yaml:30:5 sources/pinned"],
    ],
    [
      "without a sha256: a warning",
      VALID_SOURCES.replace(/ {4}sha256:\n( {6}.*\n)+/, ""),
      ["sources.yaml:30:5 sources/pinned"],
    ],
    [
      "without what every build needs",
      change(VALID_SOURCES, "  kairos-init:", "  kairosinit:"),
      ["sources.yaml:1:1 sources/needed"],
    ],
    [
      "without syft, which every build needs, too",
      change(VALID_SOURCES, "  syft:", "  lister:"),
      ["sources.yaml:1:1 sources/needed"],
    ],
    [
      "of a bad digest",
      change(VALID_SOURCES, `sha256:${"c".repeat(64)}`, "sha256:abc"),
      ["sources.yaml:19:13 sources/schema"],
    ],
    [
      "with a tag in the reference",
      change(VALID_SOURCES, "reference: quay.io/kairos/auroraboot", "reference: quay.io/kairos/auroraboot:v1"),
      ["sources.yaml:23:16 sources/schema"],
    ],
    ["that does not parse", "sources: [", ["sources.yaml:1:11 yaml/syntax"]],
  ];
  for (const [what, text, expected] of cases) {
    test(what, () =>
      expect(check({ "sources.yaml": text }).filter((place) => place.startsWith("sources"))).toEqual(expected),
    );
  }
});

describe("secrets", () => {
  // Put together here, so that no scanner takes this file for a leak.
  const secrets: [what: string, secret: string][] = [
    ["a private key", `-----BEGIN OPENSSH ${"PRIVATE"} KEY-----`],
    ["a private key", `-----BEGIN ${"PRIVATE"} KEY-----`],
    ["a private key", `-----BEGIN PGP ${"PRIVATE"} KEY BLOCK-----`],
    ["an age key", `AGE-SECRET-KEY-1${"Q".repeat(58)}`],
    ["a GitHub token", `ghp_${"a1B2".repeat(9)}`],
    ["a GitHub token", `github_pat_${"a1B2".repeat(20)}`],
    ["a GitLab token", `glpat-${"x".repeat(20)}`],
    ["an AWS access key", `AKIA${"ABCD".repeat(4)}`],
    ["a Slack token", `xoxb-${"1".repeat(12)}-abc`],
    ["a Google API key", `AIza${"x".repeat(35)}`],
    ["an API key", `sk-proj-${"x".repeat(40)}`],
    ["a Hugging Face token", `hf_${"x".repeat(34)}`],
    ["an npm token", `npm_${"x".repeat(36)}`],
    ["a Docker Hub token", `dckr_pat_${"x".repeat(27)}`],
    ["a Tailscale key", `tskey-auth-${"k1".repeat(10)}`],
    ["a JSON web token", `eyJ${"a".repeat(20)}.eyJ${"b".repeat(20)}.${"c".repeat(20)}`],
    ["a k0s join token", `H4sI${"A".repeat(300)}`],
    ["a k3s join token", `K10${"0a".repeat(32)}::server:${"0".repeat(16)}`],
    ["a kubeadm token", `token: ${"abcdef"}.${"0123456789abcdef"}`],
    ["a kubeconfig's private key", `client-key-data: ${"A".repeat(80)}`],
    ["a password in an address", `https://me:${"hunter22"}@example.com/x`],
    ["a token", `network_token: ${"b3RwOgog".repeat(4)}`],
  ];
  for (const [what, secret] of secrets) {
    test(`${what}: ${secret.slice(0, 12)}…`, () => {
      const result = checkWorkspace(workspace({ "nodes/demo/files/demo": `#!/bin/sh\n  ${secret}\n` }));
      const column = what === "a token" ? 1 : what === "a password in an address" ? 8 : 3;
      expect(places(result)).toContain(`nodes/demo/files/demo:2:${column} node/no-secrets`);
      expect(result.problems[0]?.found).toBe(what);
      // A report ends in logs and pull requests: it must not carry the secret further.
      const files = workspace({ "nodes/demo/files/demo": `#!/bin/sh\n  ${secret}\n` });
      const rest = secret.slice(4);
      for (const text of [
        textReport(result.problems, files),
        jsonReport(result.problems),
        sarifReport(result.problems),
      ]) {
        expect(text).not.toContain(rest);
      }
    });
  }
  test("in the middle of a binary file", () => {
    const bytes = new Uint8Array([0, 255, ...new TextEncoder().encode(`-----BEGIN RSA ${"PRIVATE"} KEY-----`), 0]);
    expect(check({ "nodes/demo/files/demo": bytes })).toEqual(["nodes/demo/files/demo:1:3 node/no-secrets"]);
  });
  test("by a file's name", () => {
    expect(check({ "nodes/demo/files/id_ed25519": "x" })).toContain("nodes/demo/files/id_ed25519 node/no-secrets");
    expect(check({ "nodes/demo/files/tls.key": "x" })).toContain("nodes/demo/files/tls.key node/no-secrets");
  });
  test("in node.yaml, cloud-config.yaml and sources.yaml too", () => {
    const key = `# AKIA${"ABCD".repeat(4)}\n`;
    expect(check({ "nodes/demo/node.yaml": VALID_NODE + key })).toEqual(["nodes/demo/node.yaml:27:3 node/no-secrets"]);
    expect(check({ "nodes/demo/cloud-config.yaml": VALID_CLOUD + key })).toContain(
      "nodes/demo/cloud-config.yaml:13:3 node/no-secrets",
    );
    expect(check({ "sources.yaml": VALID_SOURCES + key })).toHaveLength(1);
  });
  const harmless = [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublic",
    "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
    "http://127.0.0.1:8080/readyz",
    "https://example.com:8443/a@b",
    'curl "http://$user:$password@host/"',
    "token: {{ .token }}",
    "api_key: $API_KEY",
    "sk-short",
    `digest: sha256:${"a".repeat(64)}`,
  ];
  for (const text of harmless) {
    test(`not: ${text.slice(0, 40)}`, () => expect(check({ "nodes/demo/files/demo": `${text}\n` })).toEqual([]));
  }
});

describe("for any input", () => {
  const holds = (files: Workspace) => {
    const { problems, nodes, broken } = checkWorkspace(files);
    for (const { file, message, span, rule } of problems) {
      expect(file).not.toBe("");
      expect(message).not.toBe("");
      expect(rule).toMatch(/^[a-z-]+\/[a-z0-9-]+$/);
      if (span) expect(Math.min(span.line, span.column)).toBeGreaterThan(0);
    }
    for (const name of nodes.keys()) {
      expect(broken).not.toContain(name);
      expect(problems.filter((p) => p.severity === "error" && p.file.startsWith(`nodes/${name}/`))).toEqual([]);
    }
    textReport(problems, files);
    JSON.parse(jsonReport(problems));
    JSON.parse(sarifReport(problems));
  };
  const content = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.string({ unit: "binary", maxLength: 80 }));
  test("any bytes in every file", () => {
    fc.assert(
      fc.property(content, content, content, content, (node, cloud, sources, file) =>
        holds(
          workspace({
            "nodes/demo/node.yaml": node,
            "nodes/demo/cloud-config.yaml": cloud,
            "sources.yaml": sources,
            "nodes/demo/files/demo": file,
          }),
        ),
      ),
      { numRuns: 200 },
    );
  });
  test("any value at any place of a valid file", () => {
    const value = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const mutated = (text: string) =>
      fc.tuple(fc.nat(text.split("\n").length - 1), value).map(([line, inserted]) =>
        text
          .split("\n")
          .map((row, i) =>
            i === line ? row.replace(/(: ?|- ).*$/, (_, mark: string) => `${mark} ${JSON.stringify(inserted)}`) : row,
          )
          .join("\n"),
      );
    fc.assert(
      fc.property(mutated(VALID_NODE), mutated(VALID_CLOUD), mutated(VALID_SOURCES), (node, cloud, sources) =>
        holds(
          workspace({ "nodes/demo/node.yaml": node, "nodes/demo/cloud-config.yaml": cloud, "sources.yaml": sources }),
        ),
      ),
      { numRuns: 150 },
    );
  });
  test("any paths, kinds and links", () => {
    const path = fc
      .array(
        fc.constantFrom("nodes", "demo", "..", "files", "node.yaml", "__proto__", "constructor", "ü", " ", "\u0007"),
        { minLength: 1, maxLength: 5 },
      )
      .map((parts) => parts.join("/"));
    const file = fc.record(
      {
        path,
        kind: fc.constantFrom("file" as const, "symlink" as const, "directory" as const),
        bytes: fc.uint8Array({ maxLength: 20 }),
        target: fc.string({ maxLength: 20 }),
      },
      { requiredKeys: ["path", "kind"] },
    );
    fc.assert(fc.property(fc.array(file, { maxLength: 12 }), holds), { numRuns: 500 });
  });
});
