/** The known name that a mistyped one most likely means, or undefined where none is near enough to suggest. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const wanted = normal(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = edits(wanted, normal(candidate), least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** `did you mean "packages"?`, or the whole list where it is short, or undefined. */
export function suggestion(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return `${JSON.stringify(near)}?`;
  if (known.length === 0) return undefined;
  return `one of ${known.join(", ")}`;
}

/** Case, dashes and underscores are the commonest slips: `sshAuthorizedKeys` is near `ssh_authorized_keys`. */
function normal(name: string): string {
  return name
    .slice(0, 64)
    .toLowerCase()
    .replace(/[-_. ]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours (Damerau's distance); stops at a limit. */
function edits(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (before[j - 2] ?? 0) + 1);
      }
      row.push(distance);
    }
    if (Math.min(...row) >= limit) return limit;
    before = last;
    last = row;
  }
  return last[b.length] ?? limit;
}
