import { compareDebian, isStableFix } from "./debian-version.js";

/** A Debian package that is installed. */
export type Package = { name: string; version: string; arch: string };

/** What an image holds, as far as a comparison needs it. */
export type Contents = {
  /** What it is called: a reference, or the version of a build. */
  name: string;
  version: string;
  /** The git revision; empty where it is not known. */
  revision: string;
  contentDigest: string;
  packages: readonly Package[];
  /** The kernel's release; empty where not known. */
  kernel: string;
  /** Path to everything the content digest counts of it (mode, owner, content), as one text. */
  entries: ReadonlyMap<string, string>;
  /** Versions that are not a package's: `k0s` to `v1.34.10+k0s.0`, an image a role runs to its tag. */
  sources: ReadonlyMap<string, string>;
  /** Bytes; absent where not known. `image` is the file that holds the root file system on the machine. */
  sizes: { image?: number; medium?: number };
};

/** A package on both sides with another version. */
export type PackageChange = { name: string; before: string; after: string };

/** What is different between two images of one node. */
export type Difference = {
  node: string;
  before: Pick<Contents, "name" | "version" | "revision" | "contentDigest">;
  after: Pick<Contents, "name" | "version" | "revision" | "contentDigest">;
  /** Nothing but names and times differs. */
  same: boolean;
  kernel: { before: string; after: string };
  sources: { name: string; before: string; after: string }[];
  packages: {
    /** The same upstream version with the distribution's fix on top; most are security fixes. */
    fixed: PackageChange[];
    upgraded: PackageChange[];
    downgraded: PackageChange[];
    added: { name: string; version: string }[];
    removed: { name: string; version: string }[];
  };
  units: { added: string[]; removed: string[]; changed: string[] };
  files: { added: string[]; removed: string[]; changed: string[] };
  /** Bytes. */
  sizes: { name: "image" | "medium"; before: number; after: number }[];
};

/** Compares two images of a node: what an upgrade from the first to the second changes on the machine. */
export function diff(node: string, before: Contents, after: Contents): Difference {
  const identity = ({ name, version, revision, contentDigest }: Contents) => ({
    name,
    version,
    revision,
    contentDigest,
  });
  const paths = comparePaths(before.entries, after.entries);
  const pick = (list: string[], unit: boolean) => list.filter((path) => isUnit(path) === unit);
  return {
    node,
    before: identity(before),
    after: identity(after),
    same: before.contentDigest === after.contentDigest,
    kernel: { before: before.kernel, after: after.kernel },
    sources: compareSources(before.sources, after.sources),
    packages: comparePackages(before.packages, after.packages),
    units: {
      added: pick(paths.added, true),
      removed: pick(paths.removed, true),
      changed: pick(paths.changed, true),
    },
    files: {
      added: pick(paths.added, false),
      removed: pick(paths.removed, false),
      changed: pick(paths.changed, false),
    },
    sizes: (["image", "medium"] as const).flatMap((name) => {
      const [x, y] = [before.sizes[name], after.sizes[name]];
      return x === undefined || y === undefined ? [] : [{ name, before: x, after: y }];
    }),
  };
}

function comparePackages(before: readonly Package[], after: readonly Package[]): Difference["packages"] {
  const [old, now] = [byName(before), byName(after)];
  const result: Difference["packages"] = { fixed: [], upgraded: [], downgraded: [], added: [], removed: [] };
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [x, y] = [old.get(name) ?? [], now.get(name) ?? []];
    const [gone, come] = [x.filter((version) => !y.includes(version)), y.filter((version) => !x.includes(version))];
    // A package with several versions at once (kernels have names of their own, so this is rare) pairs them in order.
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
      const [a, b] = [gone[i], come[i]];
      if (a === undefined) result.added.push({ name, version: b as string });
      else if (b === undefined) result.removed.push({ name, version: a });
      else if (compareDebian(b, a) < 0) result.downgraded.push({ name, before: a, after: b });
      else if (isStableFix(a, b)) result.fixed.push({ name, before: a, after: b });
      else result.upgraded.push({ name, before: a, after: b });
    }
  }
  return result;
}

/** The versions of each package; a package of another architecture than the rest keeps it in its name. */
function byName(packages: readonly Package[]): Map<string, string[]> {
  const archs = packages.map(({ arch }) => arch).filter((arch) => arch !== "all" && arch !== "");
  const main = archs[0];
  const names = new Map<string, string[]>();
  for (const { name, version, arch } of packages) {
    const key = arch === "" || arch === "all" || arch === main ? name : `${name}:${arch}`;
    const versions = names.get(key) ?? [];
    if (!versions.includes(version)) names.set(key, [...versions, version].sort(compareDebian));
  }
  return names;
}

function compareSources(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [x, y] = [before.get(name) ?? "", after.get(name) ?? ""];
    return x === y ? [] : [{ name, before: x, after: y }];
  });
}

function comparePaths(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const sorted = (list: Iterable<string>) => [...list].sort();
  return {
    added: sorted([...after.keys()].filter((path) => !before.has(path))),
    removed: sorted([...before.keys()].filter((path) => !after.has(path))),
    changed: sorted(
      [...after].flatMap(([path, text]) => (before.has(path) && before.get(path) !== text ? [path] : [])),
    ),
  };
}

const UNIT_FOLDERS = [
  "/usr/lib/systemd/system/",
  "/etc/systemd/system/",
  "/usr/share/containers/systemd/",
  "/etc/containers/systemd/",
];

function isUnit(path: string): boolean {
  const folder = UNIT_FOLDERS.find((prefix) => path.startsWith(prefix));
  return folder !== undefined && path.length > folder.length;
}
