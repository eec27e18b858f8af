import type { Source } from "../../../.dagger/src/sources/sources.js";

/** A CPU architecture as Debian, Go and OCI name it. */
export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** This machine's architecture: what tools that run during a build are made for. */
export const machine: Architecture = process.arch === "arm64" ? "arm64" : "amd64";

/** A recipe in standins/<name>/, and the things of sources.yaml that it stands in for. */
export type StandIn = {
  name: string;
  kind: "image" | "download";
  /** An image's reference without tag, or the beginning of a download's address. */
  replaces: readonly string[];
  /** Absent: every architecture. */
  archs?: readonly Architecture[];
  /** What the recipe makes does not depend on the version: one build serves all. */
  anyVersion?: boolean;
};

export const standIns: readonly StandIn[] = [
  { name: "ubuntu", kind: "image", replaces: ["docker.io/library/ubuntu"], anyVersion: true },
  { name: "kairos-init", kind: "image", replaces: ["quay.io/kairos/kairos-init"] },
  { name: "auroraboot", kind: "image", replaces: ["quay.io/kairos/auroraboot"], archs: [machine] },
  { name: "syft", kind: "image", replaces: ["ghcr.io/anchore/syft"], archs: [machine] },
  { name: "cosign", kind: "image", replaces: ["ghcr.io/sigstore/cosign/cosign"], archs: [machine] },
  { name: "oras", kind: "image", replaces: ["ghcr.io/oras-project/oras"], archs: [machine] },
  { name: "local-ai", kind: "image", replaces: ["docker.io/localai/localai"] },
  { name: "local-ai-llama-cpp", kind: "image", replaces: ["quay.io/go-skynet/local-ai-backends"] },
  { name: "k0s", kind: "download", replaces: ["https://github.com/k0sproject/k0s/"] },
];

/** The stand-in for an entry of sources.yaml, if there is one. */
export function standInFor(source: Source): StandIn | undefined {
  if (source.kind === "apt-snapshot") return undefined;
  return standIns.find((it) =>
    source.kind === "image"
      ? it.kind === "image" && it.replaces.includes(source.reference)
      : it.kind === "download" && it.replaces.some((beginning) => source.url.startsWith(beginning)),
  );
}

/** One thing to build: a stand-in in the version that sources.yaml names, for one architecture. */
export type Build = { standIn: StandIn; version: string; arch: Architecture };
