/** Why a registry refused, in words a person can act on. The tool's own last words follow. */
const CAUSES: readonly [pattern: RegExp, cause: string][] = [
  [
    /\/blobs\/uploads\/: 404\b/,
    "the registry has no such repository or project, and makes none when an image comes: make it there first",
  ],
  [
    /\/blobs\/uploads\/: 405\b/,
    "this registry, or this address of it, is for reading alone: a mirror, a cache, or a pause",
  ],
  [/decryption failed/i, "the key's password is wrong: give it with --key-password"],
  [
    /manifest blob unknown|MANIFEST_BLOB_UNKNOWN/,
    "the list of what is attached to this image names something that was deleted, and the registry takes no list that does: " +
      "delete the tag sha256-… of this image's digest there, and repeat: all of it is attached again",
  ],
  [/invalid pem block|unsupported pem/i, "this is no private key that cosign made"],
  [
    /\b401\b|unauthorized|authentication required|incorrect username or password/i,
    "the registry refused the username or the password",
  ],
  [
    /\b403\b|denied|forbidden/i,
    "the account may not do that there: the token is wrong or expired (ghcr.io says it like this), or lacks the right to push " +
      "(packages: write in a workflow, write:packages for a token of one's own), or the package exists and does not know " +
      "this repository (its settings, Manage Actions access)",
  ],
  [
    /x509|certificate signed by unknown authority|tls: failed to verify/i,
    "the registry's certificate is not trusted: give its authority with --ca",
  ],
  [/server gave HTTP response to HTTPS client/i, "the registry speaks plain HTTP: passwords are sent by TLS only"],
  [
    /connection refused|no such host|i\/o timeout|network is unreachable|no route to host|connection reset|\bEOF\b|broken pipe|context deadline exceeded/i,
    "the registry cannot be reached, or went away",
  ],
  [/\b50[0-9]\b|\b429\b|too many requests/i, "the registry failed or is overloaded: try again later"],
];

/** As many of the tool's last lines are shown. */
const SHOWN = 3;

/** Whether a message says that the repository or tag does not exist, which is no failure where it is about to be made. */
export function isNotFound(output: string): boolean {
  return (
    /name unknown|NAME_UNKNOWN|manifest unknown|MANIFEST_UNKNOWN|\b404\b|not found/i.test(output) &&
    !/\b401\b/.test(output)
  );
}

/** Whether a login was accepted and the thing itself denied: what ghcr.io says of a package that does not exist yet. */
export function isDenied(output: string): boolean {
  return /\b403\b|\bdenied\b|forbidden/i.test(output) && !/\b401\b|unauthorized|authentication required/i.test(output);
}

/** Whether cosign says that an image has no signature, or none by whom was asked for, and not that something failed. */
export function isNotSigned(output: string): boolean {
  return /no signatures found|no matching (signatures|attestations)|none of the expected identities/i.test(output);
}

/** Whether another attempt may succeed: a login, a certificate or a right does not change by itself. */
export function isWorthRetrying(output: string): boolean {
  return !/\b40[0-9]\b|unauthorized|denied|forbidden|authentication required|x509|certificate|HTTP response to HTTPS/i.test(
    output,
  );
}

/** One message for a failed step: what was being done where, why it failed, and what the tool said last. */
export function failureText(step: string, where: string, output: string): string {
  const cause = CAUSES.find(([pattern]) => pattern.test(output))?.[1];
  return [`${step} (${where}): ${cause ?? "failed"}`, ...lastWords(output)].join("\n");
}

/**
 * The error of an image whose new signature its own publisher does not believe.
 * @param identity whose signature is believed, as a regular expression; undefined where a key's is
 */
export function unbelievedText(image: string, identity: string | undefined, output: string): string {
  const why =
    identity === undefined
      ? "expected one that the public half of --key verifies"
      : `expected one of the job ${identity}: --source-url has to be the address of the repository whose job signs, as GitHub spells it`;
  return [
    `sign (${image}): the signature that was just made is not believed, so the image gets no name`,
    `  ${why}`,
    ...lastWords(output),
  ].join("\n");
}

function lastWords(output: string): string[] {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.slice(-SHOWN).map((line) => `  ${line.slice(0, 300)}`);
}

/** A boot of a node that is released; `attempt` is as in `boot`, whose run of that number the engine keeps. */
type Booted = { node: string; version: string; attempt: number };

/**
 * The error of a release whose node is built and does not do its job. The workflow that releases knows it by the attempt
 * in the last line, with which it fetches what that boot left.
 */
export function unprovenText({ node, version, attempt }: Booted, why: string): string {
  const call = `dagger call boot --node=${node} --version=${version} --even-failed --attempt=${attempt} export --path=proof`;
  return `release: ${node} is built, and its role is not proven\n${why}\n  ${call} gives what that boot left`;
}
