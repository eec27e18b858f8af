import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { isFetched, keyFault } from "../../../.dagger/src/media/ssh-key.js";
import { KEY, publicKey, wire } from "./public-keys.js";

const TYPES = [
  ...["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521"],
  ...["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"],
];
/** What sshd allows before a key (sshd(8)). */
const OPTIONS = [
  ...[
    "cert-authority",
    "no-pty,no-X11-forwarding",
    "restrict",
    'from="10.0.0.0/8,!10.0.0.1"',
    'expiry-time="20300101"',
  ],
  ...['command="echo \\"hello, world\\"; ls",no-pty', 'environment="A=ssh-rsa AAAA",cert-authority', "verify-required"],
];

test.each(TYPES)("%s: with a comment or none, behind any options, and several in one text", (type) => {
  const key = publicKey(type);
  for (const line of [key, `${key} ana@laptop`, `${key} a comment of words... and #, "quotes`, `  ${key}\t`]) {
    expect([line, keyFault(line)]).toEqual([line, undefined]);
    for (const options of OPTIONS) expect([options, keyFault(`${options} ${line}`)]).toEqual([options, undefined]);
  }
  expect(keyFault(`# mine\n${key} one\r\n\n${KEY} two\n`)).toBeUndefined();
});

test.each([
  ...["github:ana", "github:ana-1", "gitlab:ana.b_c", "https://github.com/ana.keys", "http://10.0.0.5:8000/keys"],
  "https://keys.example.org/a?b=c",
])("%s is fetched", (entry) => {
  expect([keyFault(entry), isFetched(entry)]).toEqual([undefined, true]);
});

const body = KEY.split(" ")[1] ?? "";
test.each([
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nhush\n-----END OPENSSH PRIVATE KEY-----\n", "a private key"],
  ["PuTTY's", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "PuTTY's private key"],
  [
    "RFC 4716",
    `---- BEGIN SSH2 PUBLIC KEY ----\n${body}\n---- END SSH2 PUBLIC KEY ----\n`,
    "a public key in another form",
  ],
  ["PEM", `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----\n`, "a public key in another form"],
  ["a path", "~/.ssh/id_ed25519.pub", "the path of a file"],
  ["a path of Windows'", "C:\\Users\\ana\\.ssh\\id_ed25519.pub", "the path of a file"],
  ["an absolute path", "/home/ana/.ssh/id_rsa", "the path of a file"],
  ["a file's name", "id_ed25519.pub", "the path of a file"],
  ["the documents' example", "ssh-ed25519 AAAA... ana@laptop", "a placeholder"],
  ["the documents' example, in print", "ssh-ed25519 AAAAC3Nza… ana@laptop", "a placeholder"],
  ["github:YOU", "github:YOU", "the documents' YOU, unchanged"],
  ["github:YOU as an address", "https://github.com/YOU.keys", "the documents' YOU, unchanged"],
  ["nobody of GitHub", "github:", "in a form that yip does not take"],
  ["an address in place of a name", "github://ana", "in a form that yip does not take"],
  ["a name with an @", "github:@ana", "in a form that yip does not take"],
  [
    "a line end behind the name, as after |: Go's url.Parse takes none",
    "github:ana\n",
    "in a form that yip does not take",
  ],
  ["a blank behind it", "github:ana ", "in a form that yip does not take"],
  ["two names", "github:ana, github:eve", "in a form that yip does not take"],
  ["a name among keys", `${KEY} one\ngithub:ana\n`, "in a form that yip does not take"],
  ["a scheme that nothing fetches", "file:///home/ana/key", "no public key"],
  ["nothing", "", "no public key"],
  ["a comment alone", "# later\n", "no public key"],
  ["a key without its type", body, "no public key"],
  ["a type without its key", "ssh-ed25519", "no public key"],
  ["another type than the key's", `ssh-rsa ${body}`, "no public key"],
  ["a key that is cut", KEY.slice(0, -4), "no public key"],
  ["a key that lost a character", `${KEY.slice(0, 40)}${KEY.slice(41)} ana`, "no public key"],
  ["a key that goes on", `${KEY}AAAA`, "no public key"],
  ["a key in two lines", `${KEY.slice(0, 40)}\n${KEY.slice(40)}`, "no public key"],
  ["a key with a blank in it", `${KEY.slice(0, 40)} ${KEY.slice(40)}`, "no public key"],
  ["one good key and one that is cut", `${KEY}\n${KEY.slice(0, -4)}`, "no public key"],
  ["a type alone, as bytes", `ssh-ed25519 ${wire("ssh-ed25519")}`, "no public key"],
  [
    "a certificate",
    `ssh-ed25519-cert-v01@openssh.com ${wire("ssh-ed25519-cert-v01@openssh.com", "x")} a`,
    "a certificate",
  ],
  ["a DSA key, which sshd refuses", `${publicKey("ssh-dss")} ana`, "a DSA key"],
  ["a type that sshd has not", `ssh-foo ${wire("ssh-foo", "x")}`, "no public key"],
  ["a key of 31 bytes", `ssh-ed25519 ${wire("ssh-ed25519", "x".repeat(31))}`, "no public key"],
  ["a key of no bytes", `ssh-ed25519 ${wire("ssh-ed25519", "")}`, "no public key"],
  ["a template, which yip does not fill in here", "{{ .Values.key }}", "no public key"],
  ["a password", "hush hush", "no public key"],
])("%s is refused, without its words", (_what, entry, found) => {
  const fault = keyFault(entry);
  expect(fault?.found).toContain(found);
  expect(fault?.expected).toBeTruthy();
  expect(JSON.stringify(fault)).not.toMatch(/hush|ana\b|eve/);
  expect(isFetched(entry)).toBe(false);
});

test("no text throws, takes long, or is repeated", () => {
  const piece = fc.constantFrom(
    KEY,
    body,
    "ssh-rsa",
    "github:",
    "https://",
    '"',
    "\\",
    "\n",
    " ",
    ",",
    "-----BEGIN ",
    "x",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 40 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (entry) => void keyFault(entry)),
    { numRuns: 2000 },
  );
  const began = performance.now();
  for (const long of ['a="'.repeat(20_000), "a".repeat(60_000), `${'""'.repeat(30_000)} `, "\\".repeat(60_000)])
    keyFault(long);
  expect(performance.now() - began).toBeLessThan(2_000);
});

const folder = mkdtempSync(join(tmpdir(), "ssh-key-"));
afterAll(() => rmSync(folder, { recursive: true }));
const keygen = (...args: string[]) => Bun.spawnSync(["ssh-keygen", "-q", ...args]).exitCode === 0;

test("ssh-keygen is of the same opinion, of keys it made and of what is left of them", () => {
  const file = join(folder, "line");
  const taken = (line: string) => {
    writeFileSync(file, `${line}\n`);
    return keygen("-l", "-f", file);
  };
  for (const [index, kind] of ["ed25519", "rsa", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521"].entries()) {
    const path = join(folder, `key-${index}`);
    expect(keygen("-t", ...kind.split(" "), "-N", "", "-f", path)).toBe(true);
    const line = readFileSync(`${path}.pub`, "utf8").trim();
    const [type = "", base64 = ""] = line.split(" ");
    expect(keyFault(readFileSync(path, "utf8"))?.found).toBe("a private key");
    const lines = [line, `${type} ${base64}`, ...OPTIONS.map((options) => `${options} ${line}`)];
    for (const good of lines) expect([good, taken(good), keyFault(good)]).toEqual([good, true, undefined]);
    for (const cut of [-4, -8, -40]) {
      const bad = `${type} ${base64.replace(/=+$/, "").slice(0, cut)}`;
      expect([bad, taken(bad), keyFault(bad)?.found]).toEqual([
        bad,
        false,
        "no public key, or one that was cut or changed",
      ]);
    }
  }
});
