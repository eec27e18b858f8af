import { type CheckResult, checkWorkspace } from "../../../.dagger/src/check/check.js";
import type { Workspace, WorkspaceFile } from "../../../.dagger/src/check/workspace.js";

/** A node that check has nothing to say about; tests change one thing of it. */
export const VALID_NODE = `name: demo
role: Shows what a valid node looks like
machine: any
status: development
arch: amd64
model: generic
base: ubuntu-24.04
medium: iso
packages:
  - strace
files:
  - path: /usr/bin/demo
    source: files/demo
    mode: "0755"
units:
  - name: demo.service
    source: files/demo.service
install:
  reboot: true
budgets:
  image: 4GiB
  medium: 2GiB
assertions:
  - name: strace is there
    command: command -v strace
    within: 10s
`;

export const VALID_CLOUD = `#cloud-config
name: demo
stages:
  initramfs:
    - name: Who this is
      hostname: demo
      users:
        kairos:
          groups:
            - admin
          ssh_authorized_keys:
            - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPublicKeysAreNotSecretAAAAAAAAAAAAAAAA demo
`;

export const VALID_SOURCES = `sources:
  ubuntu-24.04:
    kind: image
    for: base
    reference: docker.io/library/ubuntu
    version: "24.04"
    digest: sha256:${"a".repeat(64)}
  ubuntu-22.04:
    kind: image
    for: base
    reference: docker.io/library/ubuntu
    version: "22.04"
    digest: sha256:${"b".repeat(64)}
  kairos-init:
    kind: image
    for: Kairos
    reference: quay.io/kairos/kairos-init
    version: v0.17.3
    digest: sha256:${"c".repeat(64)}
  auroraboot:
    kind: image
    for: media
    reference: quay.io/kairos/auroraboot
    version: v0.26.2
    digest: sha256:${"d".repeat(64)}
  syft:
    kind: image
    for: SBOM
    reference: ghcr.io/anchore/syft
    version: v1.38.0
    digest: sha256:${"9".repeat(64)}
  k0s:
    kind: download
    for: Kubernetes
    url: https://example.com/{version}/k0s-{arch}
    version: v1.34.10+k0s.0
    sha256:
      amd64: ${"e".repeat(64)}
      arm64: ${"f".repeat(64)}
`;

const UNIT = "[Service]\nExecStart=/usr/bin/demo\n[Install]\nWantedBy=multi-user.target\n";

/** Files by path; null takes one away. */
export type Files = { [path: string]: string | Uint8Array | null | Omit<WorkspaceFile, "path"> };

/** The valid workspace with changed files. */
export function workspace(changes: Files = {}): Workspace {
  const files: Files = {
    "sources.yaml": VALID_SOURCES,
    "nodes/demo/node.yaml": VALID_NODE,
    "nodes/demo/cloud-config.yaml": VALID_CLOUD,
    "nodes/demo/README.md": "# demo\n",
    "nodes/demo/files/demo": "#!/bin/sh\n",
    "nodes/demo/files/demo.service": UNIT,
    ...changes,
  };
  const entries: WorkspaceFile[] = [];
  const folders = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    if (content === null) continue;
    const parts = path.split("/");
    for (let i = 1; i < parts.length; i++) folders.add(parts.slice(0, i).join("/"));
    if (typeof content === "string") entries.push({ path, kind: "file", bytes: new TextEncoder().encode(content) });
    else if (content instanceof Uint8Array) entries.push({ path, kind: "file", bytes: content });
    else entries.push({ path, ...content });
  }
  for (const path of folders) entries.push({ path, kind: "directory" });
  return entries;
}

/** A text with one piece replaced; fails where the piece is not there, so that no test changes nothing. */
export function change(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the fixture has no ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}

/** Checks the valid workspace with node.yaml changed in places. */
export function checkNode(...changes: [from: string, to: string][]): CheckResult {
  const text = changes.reduce((node, [from, to]) => change(node, from, to), VALID_NODE);
  return checkWorkspace(workspace({ "nodes/demo/node.yaml": text }));
}

/** Checks the valid workspace with cloud-config.yaml changed in places. */
export function checkCloud(...changes: [from: string, to: string][]): CheckResult {
  const text = changes.reduce((cloud, [from, to]) => change(cloud, from, to), VALID_CLOUD);
  return checkWorkspace(workspace({ "nodes/demo/cloud-config.yaml": text }));
}

/** `file:line:column rule`, short enough to compare. */
export function places({ problems }: CheckResult): string[] {
  return problems.map(({ file, span, rule }) => `${file}${span ? `:${span.line}:${span.column}` : ""} ${rule}`);
}
