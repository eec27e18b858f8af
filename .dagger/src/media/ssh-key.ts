/** What is wrong with a text that should let somebody in over SSH, in words that hold nothing of it. */
export type KeyFault = { readonly found: string; readonly expected: string };

const LINE = "the line of a .pub file: TYPE BASE64 COMMENT";
const EXPECTED = `${LINE}; or github:NAME, gitlab:NAME or https://…`;

/** What yip fetches (pkg/plugins/ssh.go): any text with a scheme that Go's net/url accepts, of which its client knows http alone. */
const FETCHED = /^((github|gitlab):[A-Za-z0-9_][A-Za-z0-9_.-]*|https?:\/\/[^\s/]\S*)$/;

/** An example of this repository's documents, as it stands there. */
const UNCHANGED = /^(github:|gitlab:|https?:\/\/git(hub|lab)\.com\/)YOU(\.keys)?$/;

/**
 * The keys that sshd lets in by its own settings (OpenSSH 8.9 to 10, PubkeyAcceptedAlgorithms): no DSA since 7.0. With the bytes
 * of the string behind the type, where that is the key itself (RFC 8709; PROTOCOL.u2f).
 */
const TYPES: ReadonlyMap<string, number | undefined> = new Map([
  ["ssh-ed25519", 32],
  ["sk-ssh-ed25519@openssh.com", 32],
  ["ssh-rsa", undefined],
  ["ecdsa-sha2-nistp256", undefined],
  ["ecdsa-sha2-nistp384", undefined],
  ["ecdsa-sha2-nistp521", undefined],
  ["sk-ecdsa-sha2-nistp256@openssh.com", undefined],
]);

/** Whether yip would fetch a key from there. */
export function isFetched(entry: string): boolean {
  return FETCHED.test(entry) && !UNCHANGED.test(entry);
}

/** Whether yip fetches it in the stage `network`; it fetches any other address in the stage of the user. */
export function waitsForNetwork(entry: string): boolean {
  return /^(github|gitlab)/.test(entry);
}

/** Forms that people write in place of a public key, from the most particular on. */
const OTHER_FORMS: readonly (readonly [RegExp, KeyFault])[] = [
  [/PRIVATE KEY/, { found: "a private key", expected: `the public one, ${LINE}` }],
  [/PuTTY-User-Key-File/, { found: "PuTTY's private key", expected: `the public one, ${LINE}` }],
  [
    /^-+ ?BEGIN/m,
    { found: "a public key in another form", expected: `OpenSSH's form, which ssh-keygen -i -f FILE shows: ${LINE}` },
  ],
  [UNCHANGED, { found: "the documents' YOU, unchanged", expected: EXPECTED }],
  [/\.\.\.|…/, { found: "a placeholder", expected: EXPECTED }],
  [
    /^(~|\.{0,2}\/|[A-Za-z]:\\)|^\S+\.pub$/,
    { found: "the path of a file, which nothing reads", expected: `what the file holds, ${LINE}` },
  ],
  [
    /^\s*(github|gitlab|https?):/im,
    { found: "github:, gitlab: or an address, in a form that yip does not take", expected: `one alone: ${EXPECTED}` },
  ],
  [
    /(^|\s)ssh-dss\s/m,
    { found: "a DSA key, which sshd lets nobody in with", expected: `${LINE}, of ssh-keygen -t ed25519` },
  ],
  [/-cert-v\d+@/, { found: "a certificate, which sshd takes from no such list", expected: LINE }],
];

/** What keeps an entry of ssh_authorized_keys from letting anybody in; undefined where it is fit. Several lines may be several keys. */
export function keyFault(entry: string): KeyFault | undefined {
  const lines = entry.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  if (isFetched(entry) || (lines.length > 0 && lines.every(isKeyLine))) return undefined;
  const form = OTHER_FORMS.find(([pattern]) => pattern.test(entry))?.[1];
  return form ?? { found: "no public key, or one that was cut or changed", expected: EXPECTED };
}

/** A line of sshd's authorized_keys: a key, with options before it or none, as sshd tries it (sshd(8)). */
function isKeyLine(line: string): boolean {
  return isKey(line) || isKey(line.replace(/^[ \t]*(?:[^\s"]|"(?:\\.|[^"\\])*")+[ \t]+/, ""));
}

function isKey(line: string): boolean {
  const [, type = "", body = ""] = /^[ \t]*([^\s"]+)[ \t]+(\S+)(?:[ \t]|$)/.exec(line) ?? [];
  return TYPES.has(type) && /^[A-Za-z0-9+/]+={0,2}$/.test(body) && body.length % 4 === 0 && holds(body, type);
}

/** Whether a key's bytes are whole: strings, each with its length before it, of which the first is the key's type (RFC 4253, 6.6). */
function holds(base64: string, type: string): boolean {
  const bytes = Buffer.from(base64, "base64");
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) return false;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return false;
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const [name, key] = parts;
  return name?.toString("latin1") === type && key !== undefined && key.length === (TYPES.get(type) ?? key.length);
}
