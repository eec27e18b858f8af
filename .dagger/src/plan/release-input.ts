import { HegemonikonError } from "../errors.js";
import { versionProblem } from "./version.js";

/** Where images go: the part before the node's name. */
export type Registry = {
  /** Host and, where it has one, port: `ghcr.io`, `registry.lan:5000`. */
  host: string;
  /** Host and path, without a slash at the end: `ghcr.io/someone/hegemonikon`. */
  prefix: string;
};

/** A name that has a dot or a port, or is localhost, is a host's: what else stands first is a path on Docker Hub. */
const NAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
const HOST = new RegExp(`^(localhost|${NAME}(\\.${NAME})+|${NAME}(\\.${NAME})*:[1-9]\\d{0,4})$`);
const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

/** Reads a registry; a text that says what is wrong where it is none. */
export function readRegistry(text: string): Registry | string {
  const expected =
    "expected HOST[:PORT][/PATH] in lower case, without a scheme or a tag, e.g. ghcr.io/someone/hegemonikon";
  const [host = "", ...path] = text.split("/");
  const isHost = HOST.test(host) && Number(host.split(":")[1] ?? 1) <= 65535;
  const ok = isHost && path.every((component) => COMPONENT.test(component)) && text.length <= 200;
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
  /** The nodes that are published. */
  asked: readonly string[];
  /** The nodes that there are. */
  nodes: readonly string[];
  registry: string;
  username: string;
  password: boolean;
  version: string;
  /** How the image is to be signed. */
  key: boolean;
  oidcUrl: boolean;
  oidcToken: boolean;
};

/** Everything that is wrong with what a caller gave, so that nothing expensive starts before it is right. */
export function publishProblems(input: PublishInput): string[] {
  const version = versionProblem(input.version);
  return [
    ...input.asked.flatMap((node) => nodeProblems(node, input.nodes)),
    ...writerProblems(input),
    ...(version ? [`version: ${version}`] : []),
    ...signingProblems(input),
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

/** Whether there is a node of the name. */
export function nodeProblems(node: string, nodes: readonly string[]): string[] {
  if (nodes.includes(node)) return [];
  return [
    `node: found ${JSON.stringify(node)}, expected one of ${nodes.join(", ") || "the folders in nodes/, which is empty"}`,
  ];
}

function signingProblems({ key, oidcUrl, oidcToken }: PublishInput): string[] {
  if (key && (oidcUrl || oidcToken)) return ["key: found a key and an OIDC token, expected one way to sign"];
  if (oidcUrl !== oidcToken)
    return [`oidc-${oidcUrl ? "token" : "url"}: found nothing, expected both of them or a key`];
  if (!key && !oidcUrl) {
    return [
      "key: found nothing to sign with, expected --key=file://cosign.key (with --key-password), or --oidc-url and --oidc-token in GitHub Actions",
    ];
  }
  return [];
}

/** Throws one error for all problems of a call; does nothing where there is none. */
export function refuse(action: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? "one thing is" : `${problems.length} things are`;
  throw new HegemonikonError(`${action}: ${count} not right\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
}
