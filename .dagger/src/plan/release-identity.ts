/** What a published image says about itself. */
export type Identity = {
  node: string;
  role: string;
  /** With a leading v. */
  version: string;
  revision: string;
  /** The web address of the repository; empty where it has none. */
  source: string;
  /** The digest over paths, modes, owners and contents: equal for two builds of one revision, wherever they ran. */
  contentDigest: string;
  base: { name: string; digest: string };
};

/** The annotation that holds the content digest. Idempotence and `verify` go by it. */
export const CONTENT_DIGEST = "io.github.hegemonikon.content-digest";

/** The keys of the OCI image specification, for labels and annotations alike; what is not known is left out. */
export function identityKeys(identity: Identity): [key: string, value: string][] {
  const { node, role, version, revision, source, contentDigest, base } = identity;
  const keys: [string, string][] = [
    ["org.opencontainers.image.title", node],
    ["org.opencontainers.image.description", role],
    ["org.opencontainers.image.version", version],
    ["org.opencontainers.image.revision", revision],
    ["org.opencontainers.image.source", source],
    ["org.opencontainers.image.base.name", base.name],
    ["org.opencontainers.image.base.digest", base.digest],
    [CONTENT_DIGEST, contentDigest],
  ];
  return keys.filter(([, value]) => value !== "");
}

/** Who vouches for the identity of a job of GitHub Actions. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/**
 * The identity of the jobs that are believed, as a regular expression: of a release its own one, of all else any of the
 * repository.
 * @param tag the tag that is released; undefined where none is
 */
export function believedJobOf(sourceUrl: string, tag: string | undefined): string {
  return tag === undefined ? anyJobOf(sourceUrl) : releaseJobOf(sourceUrl, tag);
}

/** The identity of any job of a repository, as a regular expression: each workflow, each branch. */
export function anyJobOf(sourceUrl: string): string {
  return `^${escaped(address(sourceUrl))}/`;
}

/** The identity of the job that releases a tag, as a regular expression: .github/workflows/release.yaml, that tag alone. */
export function releaseJobOf(sourceUrl: string, tag: string): string {
  return `^${escaped(`${address(sourceUrl)}/.github/workflows/release.yaml@refs/tags/${tag}`)}$`;
}

/** The address as it stands in an identity, whichever of a repository's addresses was given. */
function address(sourceUrl: string): string {
  return sourceUrl.replace(/\/+$/, "").replace(/\.git$/, "");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
