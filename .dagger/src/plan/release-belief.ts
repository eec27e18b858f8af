/** By what a signature is believed: a public key, given as its text, or the identity of a job, as a regular expression. */
export type Believed = { key: string | undefined; identity: string };

/** What is wrong with a public key or an identity, as far as it can be told without asking anybody. */
export function believedProblems({ key, identity }: Believed): string[] {
  const problems: string[] = [];
  if (key !== undefined && !/^-----BEGIN ([A-Z]+ )?PUBLIC KEY-----\s*$/m.test(key)) {
    problems.push("key: found no public key in the file, expected cosign.pub, as cosign generate-key-pair writes it");
  }
  try {
    new RegExp(withoutGoSyntax(identity));
  } catch {
    problems.push(
      `identity: found ${JSON.stringify(identity)}, expected a regular expression, e.g. '^https://github\\.com/someone/hegemonikon/'`,
    );
  }
  return problems;
}

/** A regular expression of cosign's (RE2) without what only RE2 knows: flags, quoted text, and how it names a group. */
function withoutGoSyntax(text: string): string {
  return text
    .replace(/\\Q.*?(\\E|$)/g, "")
    .replace(/\(\?[imsU-]+\)/g, "")
    .replace(/\(\?[imsU-]+:/g, "(?:")
    .replaceAll("(?P<", "(?<");
}
