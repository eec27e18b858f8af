import type { Problem, Span } from "../errors.js";
import type { WorkspaceFile } from "./workspace.js";

/** `hints`: a text without any of them cannot match, and finding that out is much quicker than matching. */
type Secret = { what: string; hints: readonly string[]; pattern: RegExp };

/**
 * Shapes that only secrets have. Each pattern's length is bounded, so that no text makes the search slow. Sources: the
 * makers' own documentation of their token formats; RFC 7468 for PEM; RFC 7519 for JWT.
 */
const SECRETS: readonly Secret[] = [
  {
    what: "a private key",
    hints: ["PRIVATE KEY"],
    pattern: /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g,
  },
  { what: "an age key", hints: ["AGE-SECRET-KEY-1"], pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/g },
  {
    what: "a GitHub token",
    hints: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/g,
  },
  {
    what: "a GitLab token",
    hints: ["glpat-", "gldt-", "glrt-", "glptt-", "glsoat-"],
    pattern: /\bgl(?:pat|dt|rt|ptt|soat)-[A-Za-z0-9_-]{20,64}\b/g,
  },
  { what: "an AWS access key", hints: ["AKIA", "ASIA"], pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { what: "a Slack token", hints: ["xox"], pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}\b/g },
  { what: "a Google API key", hints: ["AIza"], pattern: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  { what: "an API key", hints: ["sk-"], pattern: /\bsk-(?:proj-|ant-|svcacct-)?[A-Za-z0-9_-]{32,250}\b/g },
  { what: "a Hugging Face token", hints: ["hf_"], pattern: /\bhf_[A-Za-z0-9]{34,64}\b/g },
  { what: "an npm token", hints: ["npm_"], pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: "a Docker Hub token", hints: ["dckr_pat_"], pattern: /\bdckr_pat_[A-Za-z0-9_-]{27,64}\b/g },
  { what: "a Tailscale key", hints: ["tskey-"], pattern: /\btskey-[a-z]{1,16}-[A-Za-z0-9-]{16,128}\b/g },
  {
    what: "a JSON web token",
    hints: [".eyJ"],
    pattern: /\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}/g,
  },
  { what: "a k0s join token", hints: ["H4sI"], pattern: /\bH4sI[A-Za-z0-9+/]{200,}={0,2}/g },
  { what: "a k3s join token", hints: ["K10"], pattern: /\bK10[0-9a-f]{64}::[a-z]{1,32}:[0-9a-zA-Z]{8,128}\b/g },
  { what: "a kubeadm token", hints: ["token:"], pattern: /\btoken:\s*["']?[a-z0-9]{6}\.[a-z0-9]{16}\b/g },
  {
    what: "a kubeconfig's private key",
    hints: ["client-key-data:"],
    pattern: /\bclient-key-data:\s*["']?[A-Za-z0-9+/]{40,}/g,
  },
  {
    what: "a password in an address",
    hints: ["://"],
    pattern: /:\/\/[^\s/:@"'<>{}$]{1,64}:[^\s/@"'<>{}$]{3,128}@[a-z0-9]/gi,
  },
  {
    what: "a token",
    hints: [""],
    pattern:
      /^[ \t-]*["']?(?:network_token|join_token|auth_token|api_key|apikey|secret_key|client_secret|access_token|authkey)["']?\s*[:=]\s*["']?[A-Za-z0-9+/_.=-]{12,}/gim,
  },
];

/** Names that only secret files have. */
const SECRET_NAMES =
  /^(id_(rsa|dsa|ecdsa|ed25519)|.*\.(key|p12|pfx|jks|keystore|kdbx)|admin\.conf|kubeconfig|\.netrc|\.env|\.npmrc|\.dockerconfigjson)$/;

const REASON =
  "what is in this folder ends in an image that others can pull, and in git for ever; give secrets to a machine at its " +
  "installation (docs/nodes.md)";

/** Secrets in one file. What it finds is never repeated in the problem. */
export function findSecrets(file: WorkspaceFile): Problem[] {
  const problems: Problem[] = [];
  const rule = { rule: "node/no-secrets", severity: "error" as const, reason: REASON };
  const name = file.path.split("/").at(-1) ?? "";
  if (file.kind === "file" && SECRET_NAMES.test(name)) {
    problems.push({ file: file.path, message: "The file's name says that it is a secret", found: name, ...rule });
  }
  if (!file.bytes) return problems;
  // Latin-1 keeps every byte, so a key in the middle of a binary file is found as well.
  const text = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString("latin1");
  const starts = new Map<number, Problem>();
  for (const { what, hints, pattern } of SECRETS) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    for (const match of text.matchAll(pattern)) {
      const span = spanOf(text, match.index, match[0].length);
      // The first and most particular name for one place is enough.
      if (starts.has(span.line)) continue;
      starts.set(span.line, {
        file: file.path,
        span,
        message: `The file holds ${what}`,
        found: what,
        expected: "no secret",
        ...rule,
      });
    }
  }
  return [...problems, ...[...starts].sort(([a], [b]) => a - b).map(([, problem]) => problem)];
}

/** Problems whose text may not be printed. */
export function isSecret(problem: Pick<Problem, "rule">): boolean {
  return problem.rule === "node/no-secrets" || problem.rule === "cloud-config/no-default-password";
}

function spanOf(text: string, index: number, length: number): Span {
  const before = text.slice(0, index);
  const line = before.split("\n").length;
  const column = index - before.lastIndexOf("\n");
  const lineEnd = text.indexOf("\n", index);
  const end = Math.min(index + length, lineEnd === -1 ? text.length : lineEnd);
  return { line, column, endLine: line, endColumn: column + Math.max(1, end - index) };
}
