import { HegemonikonError } from "../errors.js";
import { versionProblems } from "./version.js";

/** Where images go: the part before the node's name. */
export type Registry = {
  /** Host and, where it has one, port: `ghcr.io`, `registry.lan:5000`. */
  host: string;
  /** Host and path, without a slash at the end: `ghcr.io/someone/hegemonikon`. */
  prefix: string;
};

const LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?";
/** A name of one part needs a port, or it would be a path of Docker Hub; localhost does not. */
const HOST = new RegExp(`^(?:localhost|${LABEL}(?:\\.${LABEL})+|${LABEL}(?:\\.${LABEL})*:([1-9]\\d{0,4}))$`);
const MAX_PORT = 65_535;
const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

/** Reads a registry; a text that says what is wrong where it is none. */
export function readRegistry(text: string): Registry | string {
  const expected =
    "expected HOST[:PORT][/PATH] in lower case, without a scheme or a tag, e.g. ghcr.io/someone/hegemonikon";
  const [host = "", ...path] = text.split("/");
  const named = HOST.exec(host);
  const ok =
    named &&
    Number(named[1] ?? 1) <= MAX_PORT &&
    path.every((component) => COMPONENT.test(component)) &&
    text.length <= 200;
  return ok ? { host, prefix: text } : `found ${JSON.stringify(text)}, ${expected}`;
}

/** A reference to an image that is published: `HOST/PATH:TAG` or `HOST/PATH@sha256:…`. */
export type Reference = { host: string; repository: string; tag?: string; digest?: string };

/** Reads a reference; a text that says what is wrong where it is none. */
export function readReference(text: string): Reference | string {
  const match = /^([^@\s]+?)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text);
  const registry = match?.[1]?.includes("/") ? readRegistry(match[1]) : "";
  if (!match || typeof registry === "string" || !(match[2] || match[3])) {
    return `found ${JSON.stringify(text)}, expected HOST[:PORT]/PATH with :TAG or @sha256:…, e.g. ghcr.io/someone/hegemonikon/noos:v1.2.3`;
  }
  return {
    host: registry.host,
    repository: registry.prefix,
    ...(match[2] ? { tag: match[2] } : {}),
    ...(match[3] ? { digest: match[3] } : {}),
  };
}

/** What a caller gave; secrets only as whether there is something in them. */
export type PublishInput = {
  registry: string;
  username: string;
  password: boolean;
  version: string;
  /** How the image is to be signed. */
  key: boolean;
  oidcUrl: boolean;
  oidcToken: boolean;
  /** The web address of the repository; empty where none was given. */
  sourceUrl: string;
};

/** Everything that is wrong with what a caller gave, so that nothing expensive starts before it is right. */
export function publishProblems(input: PublishInput): string[] {
  return [
    ...writerProblems(input),
    ...versionProblems(input.version),
    ...signingProblems(input),
    ...sourceUrlProblems(input.sourceUrl, !input.key),
  ];
}

/**
 * What is wrong with a repository's address: registries link to it, and the identity of its jobs begins with it.
 * @param isIdentity whether a job of it signs: those are known by https alone
 */
export function sourceUrlProblems(text: string, isIdentity: boolean): string[] {
  const isSecure = text.startsWith("https:") || !isIdentity;
  if (text === "" || (isSecure && /^https?:\/\/[^\s/?#@]+\/[^\s?#]*[^\s?#/]\/?$/.test(text))) return [];
  return [
    `source-url: found ${JSON.stringify(text)}, expected the repository's web address, e.g. https://github.com/someone/hegemonikon`,
  ];
}

/** What is wrong with how a registry is written to. */
export function writerProblems(input: Pick<PublishInput, "registry" | "username" | "password">): string[] {
  const registry = readRegistry(input.registry);
  return [
    ...(typeof registry === "string" ? [`registry: ${registry}`] : []),
    ...(input.username.trim() === "" ? ['username: found "", expected the name to log in with'] : []),
    ...(input.password ? [] : ["password: found an empty secret, expected a token, e.g. --password=env://TOKEN"]),
  ];
}

/** What is wrong with how a registry is read: without a login where everyone may, or with all of one. */
export function readerProblems(username: string, password: boolean): string[] {
  if (password === (username.trim() !== "")) return [];
  return password
    ? ['username: found "" beside a password, expected the name to log in with; any does on ghcr.io']
    : ["password: found nothing beside a username, expected a token, e.g. --password=env://TOKEN"];
}

/** The nodes that there are, and why one of them cannot be built. */
export type Buildable = { nodes: readonly string[]; wrong: (node: string) => readonly string[] };

/** What forbids that nodes are built; what is wrong with all of them (in the sources) is said once. */
export function nodeProblems(
  argument: "node" | "nodes",
  asked: readonly string[],
  { nodes, wrong }: Buildable,
): string[] {
  const known = nodes.join(", ") || "the folders in nodes/, which is empty";
  const lines = asked.flatMap((name, index) => {
    if (asked.indexOf(name) !== index) return [`${argument}: found ${name} twice, expected each once`];
    return nodes.includes(name)
      ? wrong(name)
      : [`${argument}: found ${JSON.stringify(name)}, expected one of ${known}`];
  });
  if (asked.length === 0) {
    const found = nodes.length === 0 ? "no folder in nodes/, expected at least one" : `no name, expected ${known}`;
    lines.push(`${argument}: found ${found}`);
  }
  return [...new Set(lines)];
}

/** What a call without a way to sign is told. */
export const NOTHING_TO_SIGN_WITH =
  "key: found nothing to sign with, expected --key=file://cosign.key (with --key-password), or --oidc-url and --oidc-token in GitHub Actions";

function signingProblems({ key, oidcUrl, oidcToken }: PublishInput): string[] {
  if (key && (oidcUrl || oidcToken)) return ["key: found a key and an OIDC token, expected one way to sign"];
  if (oidcUrl !== oidcToken)
    return [`oidc-${oidcUrl ? "token" : "url"}: found nothing, expected both of them or a key`];
  if (!key && !oidcUrl) {
    return [NOTHING_TO_SIGN_WITH];
  }
  return [];
}

/** Throws one error for all problems of a call; does nothing where there is none. */
export function refuse(action: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "one thing is" : `${problems.length} things are`;
  throw new HegemonikonError(`${action}: ${count} not right\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}
