/** What a facts script noted: each key with its values, in order. */
export type Facts = ReadonlyMap<string, readonly string[]>;

/** Reads `KEY<tab>VALUE` lines. A line without a tab is a key with an empty value. */
export function parseFacts(text: string): Facts {
  const facts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const tab = line.indexOf("\t");
    const [key, value] = tab === -1 ? [line, ""] : [line.slice(0, tab), line.slice(tab + 1)];
    const values = facts.get(key);
    if (values) values.push(value);
    else facts.set(key, [value]);
  }
  return facts;
}

/** A Debian package in an image. */
export type Package = { name: string; version: string; arch: string };

/** The packages that the image's dpkg knows as installed, by name. */
export function packagesOf(facts: Facts): Package[] {
  return (facts.get("package") ?? []).map((line) => {
    const [name = "", version = "", arch = ""] = line.split(" ");
    return { name, version, arch };
  });
}
