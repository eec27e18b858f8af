import type { Problem, Span } from "../errors.js";

/**
 * The most bytes a YAML file of this repository may have: 256 KiB. Real ones have a few kilobytes, so more is a mistake
 * (an image or a log under the wrong name) and is found without parsing it. Parsing takes up to 5 s a megabyte.
 */
export const MAX_YAML_BYTES = 256 * 1024;

type Decoded = { text: string } | { problem: Problem };

/** The text of a UTF-8 file, or the one reason why it is not text. Never throws. */
export function decodeText(file: string, bytes: Uint8Array): Decoded {
  const refuse = (rule: string, message: string, rest: Partial<Problem> = {}): Decoded => ({
    problem: { file, rule, severity: "error", message, ...rest },
  });
  if (bytes.length > MAX_YAML_BYTES) {
    return refuse("yaml/too-large", "The file is too large to be a description written by people", {
      found: `${bytes.length} bytes`,
      expected: `at most ${MAX_YAML_BYTES} bytes`,
    });
  }
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) {
    return refuse("yaml/encoding", "The file is UTF-16", { found: "a UTF-16 byte order mark", expected: "UTF-8" });
  }
  if (startsWith(bytes, [0xef, 0xbb, 0xbf])) {
    return refuse("yaml/bom", "The file begins with a byte order mark", {
      span: { line: 1, column: 1, endLine: 1, endColumn: 2 },
      found: "the bytes EF BB BF",
      expected: "UTF-8 without a byte order mark",
      reason: "yip and kairos-agent compare whole lines: behind a byte order mark they find no #cloud-config",
    });
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    return refuse("yaml/binary", "The file is binary", {
      found: `a NUL byte at offset ${nul}`,
      expected: "UTF-8 text",
    });
  }
  const bad = firstInvalidByte(bytes);
  if (bad !== -1) {
    const before = new TextDecoder().decode(bytes.subarray(0, bad));
    return refuse("yaml/encoding", "The file is not UTF-8", {
      span: pointAfter(before),
      found: `the byte 0x${(bytes[bad] ?? 0).toString(16).padStart(2, "0")} at offset ${bad}`,
      expected: "UTF-8",
    });
  }
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  // YAML 1.2, section 5.1: these are not printable; parsers disagree about them, so nobody may rely on them.
  // The last two ranges turn the direction of writing (UAX #9): a reader sees another text than a parser.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const control = text.search(/[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
  if (control !== -1) {
    return refuse("yaml/control-character", "The file contains a control character", {
      span: pointAfter(text.slice(0, control)),
      found: `U+${text.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0")}`,
      expected: "printable text",
    });
  }
  return { text };
}

/** The offset of the first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates), or -1. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] as number;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    const next = bytes[at + i] as number;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}

function startsWith(bytes: Uint8Array, prefix: number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

function pointAfter(text: string): Span {
  const line = text.split("\n").length;
  const column = text.length - text.lastIndexOf("\n");
  return { line, column, endLine: line, endColumn: column + 1 };
}
