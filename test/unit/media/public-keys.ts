/** SSH's wire form of a list of strings (RFC 4251, section 5), as base64. */
export function wire(...parts: (string | Buffer)[]): string {
  const bytes = parts
    .map((part) => Buffer.from(part))
    .flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    });
  return Buffer.concat(bytes).toString("base64");
}

/** A public key of a type, as long as one of that type is; nobody has its private half. */
export function publicKey(type: string): string {
  const some = (length: number) => Buffer.alloc(length, 0x41);
  const rest: Record<string, (string | Buffer)[]> = {
    "ssh-ed25519": [some(32)],
    "ssh-rsa": [Buffer.from([1, 0, 1]), some(385)],
    "ssh-dss": [some(129), some(21), some(128), some(128)],
    "ecdsa-sha2-nistp256": ["nistp256", some(65)],
    "ecdsa-sha2-nistp521": ["nistp521", some(133)],
    "sk-ssh-ed25519@openssh.com": [some(32), "ssh:"],
    "sk-ecdsa-sha2-nistp256@openssh.com": ["nistp256", some(65), "ssh:"],
  };
  return `${type} ${wire(type, ...(rest[type] ?? [some(32)]))}`;
}

export const KEY = publicKey("ssh-ed25519");
