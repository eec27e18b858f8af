import { Node } from "../../../.dagger/src/node/node.js";
import { Sources } from "../../../.dagger/src/sources/sources.js";

const digest = `sha256:${"a".repeat(64)}`;

/** A small sources.yaml: one of each kind that a build uses. */
export const sources: Sources = Sources.parse({
  sources: {
    base: { kind: "image", for: "tests", reference: "docker.io/library/debian", version: "12", digest },
    "kairos-init": { kind: "image", for: "tests", reference: "quay.io/kairos/kairos-init", version: "v0.17.3" },
    auroraboot: {
      kind: "image",
      for: "tests",
      reference: "quay.io/kairos/auroraboot",
      version: "v0.26.2",
      standin: true,
    },
    syft: { kind: "image", for: "tests", reference: "ghcr.io/anchore/syft", version: "v1.38.0" },
    app: { kind: "image", for: "tests", reference: "docker.io/acme/app", version: "v1", digest },
    k0s: {
      kind: "download",
      for: "tests",
      url: "https://example.org/{version}/k0s-{arch}",
      version: "v1.34.1+k0s.0",
      sha256: { amd64: "b".repeat(64) },
    },
    snapshot: {
      kind: "apt-snapshot",
      for: "tests",
      distribution: "debian",
      url: "https://snapshot.example.org/{version}",
      version: "20260101T000000Z",
    },
  },
});

/** A node with nothing but what the schema asks for, and what a test gives. */
export function node(more: object = {}): Node {
  return Node.parse({
    name: "probe",
    role: "A node for tests",
    machine: "none",
    status: "development",
    arch: "amd64",
    model: "generic",
    base: "base",
    medium: "iso",
    budgets: { image: "1GiB", medium: "512MiB" },
    assertions: [{ name: "it is there", command: "true", within: "10s" }],
    ...more,
  });
}

export const cloudConfig =
  "#cloud-config\nname: probe\nstages:\n  initramfs:\n    - users:\n        kairos:\n          groups: [admin]\n";

/** What roleEntries and recipeOf read. */
export function input(more: object = {}, units: Record<string, string> = {}, config = cloudConfig) {
  return { node: node(more), sources, cloudConfig: config, unitTexts: new Map(Object.entries(units)) };
}
