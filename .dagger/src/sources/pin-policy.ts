import type { Problem, Severity } from "../errors.js";
import type { ParsedYaml } from "../yaml/parse.js";
import type { DownloadSource, Source, Sources } from "./sources.js";

/** What the sources are for: a build may use what a tag points at today, a release may not. */
export type Purpose = "build" | "release";

const REASON =
  "a tag moves, a digest does not: without it two builds of one revision may differ; `dagger call lock -o sources.yaml` fills it in";

/**
 * Holds every source against the pin policy: what is not pinned by content is a warning for a build and an error for a
 * release; a stand-in is nothing to a build and an error for a release.
 */
export function pinProblems(sources: Sources, purpose: Purpose, yaml?: ParsedYaml): Problem[] {
  const severity: Severity = purpose === "release" ? "error" : "warning";
  const file = yaml?.file ?? "sources.yaml";
  const at = (name: string, key: string) => {
    const span = yaml?.keySpan(["sources", name, key]);
    return { file, ...(span ? { span } : {}) };
  };
  return Object.entries(sources.sources).flatMap(([name, source]): Problem[] => {
    const problems: Problem[] = unpinned(source).map((expected) => ({
      ...at(name, "version"),
      rule: "sources/pinned",
      severity,
      message: `${name} is not pinned by its content`,
      found: `the version ${source.version} alone`,
      expected,
      reason: REASON,
    }));
    if (purpose === "release" && source.kind !== "apt-snapshot" && source.standin) {
      problems.push({
        ...at(name, "standin"),
        rule: "sources/no-stand-in",
        severity: "error",
        message: `${name} is a stand-in for tests`,
        found: "standin: true",
        expected: "the thing itself",
        reason: "what is released must be what its name says",
      });
    }
    return problems;
  });
}

/** What would pin a source; nothing where it is pinned. */
function unpinned(source: Source): string[] {
  switch (source.kind) {
    case "image":
      return source.digest ? [] : ["digest: sha256:…"];
    case "download":
      return unpinnedFile(source);
    case "apt-snapshot":
      return [];
  }
}

/** One address is one file, and any sha256 pins it; an address with {arch} in it is a file for each architecture. */
function unpinnedFile({ url, sha256 }: DownloadSource): string[] {
  if (!url.includes("{arch}")) return sha256.amd64 || sha256.arm64 ? [] : ["sha256: with amd64: or arm64:"];
  const missing = (["amd64", "arm64"] as const).filter((arch) => !sha256[arch]);
  return missing.length === 0 ? [] : [`sha256: with ${missing.map((arch) => `${arch}:`).join(" and ")}`];
}
