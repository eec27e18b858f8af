/** A version of a Debian package, in its three parts (deb-version(7)). */
type Parts = { epoch: number; upstream: string; revision: string };

/** Orders two versions as dpkg does: negative where a is older than b. */
export function compareDebian(a: string, b: string): number {
  const [x, y] = [parts(a), parts(b)];
  return x.epoch - y.epoch || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision);
}

/**
 * Whether an upgrade is what a distribution does to a release that is out: the same upstream version with a fix on top,
 * `+deb12u3` on Debian or `ubuntu0.24.04.2` on Ubuntu. Most of these are security fixes; the version cannot tell more.
 */
export function isStableFix(before: string, after: string): boolean {
  const [x, y] = [parts(before), parts(after)];
  if (x.epoch !== y.epoch || comparePart(x.revision, y.revision) === 0) {
    // A native package carries its fix in the upstream part.
    return x.epoch === y.epoch && x.revision === "" && y.revision === "" && FIX.test(y.upstream);
  }
  return x.upstream === y.upstream && FIX.test(y.revision);
}

const FIX = /[+~]deb\d+u\d+|ubuntu\d+\.\d/;

function parts(version: string): Parts {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)) || 0,
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Compares runs of other characters and runs of digits by turns, as deb-version(7) says. */
function comparePart(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a[i])) || (j < b.length && !isDigit(b[j]))) {
      const order = weight(a[i]) - weight(b[j]);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [x, y] = [digits(a, i), digits(b, j)];
    i += x.length;
    j += y.length;
    const order = compareNumbers(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

/** A tilde comes before everything, even the end; letters come before other characters. */
function weight(char: string | undefined): number {
  if (char === "~") return -1;
  if (char === undefined || isDigit(char)) return 0;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= "0" && char <= "9";
}

function digits(text: string, from: number): string {
  let to = from;
  while (isDigit(text[to])) to++;
  return text.slice(from, to);
}

/** Numbers of any length: a date and time in a version is more than a double holds. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}
