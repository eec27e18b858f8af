const isUpper = (c: string | undefined) => c !== undefined && c >= "A" && c <= "Z";
const isLower = (c: string | undefined) => c !== undefined && c >= "a" && c <= "z";
const isDigit = (c: string | undefined) => c !== undefined && c >= "0" && c <= "9";

/**
 * Splits a name at every change of case or between letters and digits, the way the Dagger CLI does, so that
 * flags have the same names: `sha256Sum` is `sha-256-sum`, `JSONData` is `json-data`.
 */
function delimited(name: string, delimiter: string): string {
  const text = name.trim();
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const next = text[i + 1];
    const changes =
      (isUpper(c) && (isLower(next) || isDigit(next))) ||
      (isLower(c) && (isUpper(next) || isDigit(next))) ||
      (isDigit(c) && (isUpper(next) || isLower(next)));
    if (!changes) {
      out += " _-.".includes(c) ? delimiter : c.toLowerCase();
      continue;
    }
    if (isUpper(c) && isLower(next) && isUpper(text[i - 1])) out += delimiter;
    out += c.toLowerCase();
    if (isLower(c) || isDigit(c) || isDigit(next)) out += delimiter;
  }
  return out;
}

/** The name of a flag or function on the command line. */
export function kebab(name: string): string {
  return delimited(name, "-");
}

/** The name of an enum's member as the engine registers it: `TarGz` becomes `TAR_GZ`. */
export function memberName(name: string): string {
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? name : delimited(name, "_").toUpperCase();
}

/** The name of a module as the engine names its main class: `call-module` becomes `CallModule`. */
export function pascal(name: string): string {
  return delimited(name, "-")
    .split("-")
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(change, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The candidate that was probably meant: one that starts alike, or differs by a few letters. */
export function nearest(word: string, candidates: string[]): string | undefined {
  const wanted = word.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  let best: { candidate: string; score: number } | undefined;
  for (const candidate of candidates) {
    const have = candidate.toLowerCase();
    const prefix = wanted.length > 1 && (have.startsWith(wanted) || wanted.startsWith(have));
    const score = prefix ? 1 : distance(wanted, have);
    if (score <= limit && (!best || score < best.score)) best = { candidate, score };
  }
  return best?.candidate;
}
