import { filesWritten } from "../../cloudconfig/facts.js";
import type { YamlPath } from "../../yaml/parse.js";
import { entries, type Finding, isBelow, type NodeContext, type Rule } from "./rule.js";

type Placed = { target: string; path: YamlPath };

/** Everything that a node puts into its image, and where it says so. */
function placed({ node }: NodeContext): Placed[] {
  return [
    ...entries(node.files).map(([i, file]) => ({ target: file.path, path: ["files", i, "path"] })),
    ...entries(node.binaries).map(([i, binary]) => ({ target: binary.path, path: ["binaries", i, "path"] })),
    ...entries(node.trees).map(([i, tree]) => ({ target: tree.path, path: ["trees", i, "path"] })),
  ];
}

/** A rule that keeps files out of folders where the running system does not see them as they were built. */
function keepOut(
  rule: Omit<Rule, "find">,
  folders: readonly string[],
  describe: (folder: string) => Pick<Finding, "message" | "expected">,
): Rule {
  return {
    ...rule,
    find: (context) =>
      placed(context).flatMap(({ target, path }) => {
        const folder = folders.find((candidate) => isBelow(target, candidate));
        return folder === undefined ? [] : [{ span: context.yaml.span(path), found: target, ...describe(folder) }];
      }),
  };
}

export const notUnderUsrLocal = keepOut(
  {
    id: "node/not-under-usr-local",
    severity: "error",
    reason:
      "Kairos mounts COS_PERSISTENT over /usr/local (kairos-init's 00_rootfs.yaml), so the image's files are hidden",
  },
  ["/usr/local"],
  () => ({
    message: "Nothing below /usr/local of an image is seen at run time",
    expected: "a path below /usr/bin or /usr/lib",
  }),
);

export const vanishesAtBoot = keepOut(
  {
    id: "node/vanishes-at-boot",
    severity: "error",
    reason: "a file system is mounted over this folder at boot, so the image's files in it are hidden",
  },
  ["/run", "/tmp", "/var/tmp", "/dev", "/proc", "/sys", "/oem"],
  (folder) => ({
    message: `Nothing that an image has below ${folder} is seen at run time`,
    expected: "a path below /usr or /etc; for a file that boot makes, a stage in cloud-config.yaml",
  }),
);

export const staleAfterUpgrade = keepOut(
  {
    id: "node/stale-after-upgrade",
    severity: "warning",
    reason:
      "Kairos keeps this folder on COS_PERSISTENT: it is filled from the first image only, and an upgrade does not " +
      "change it (https://github.com/kairos-io/kairos/issues/4304)",
  },
  ["/etc/k0s", "/etc/ssh", "/var/lib/k0s", "/var/lib/containerd", "/opt", "/root", "/home", "/var/log", "/usr/libexec"],
  (folder) => ({
    message: `An upgrade does not replace what is below ${folder}`,
    expected:
      "a path below /usr/lib or /usr/share, copied at boot by a stage in cloud-config.yaml where it must be here",
  }),
);

const UNIT_FOLDERS = ["/etc/systemd/system", "/etc/systemd/user"];

export const unitsInUsrLib: Rule = {
  id: "node/units-in-usr-lib",
  severity: "error",
  reason:
    "/etc/systemd is persistent: units left there survive the upgrade that deletes them " +
    "(https://github.com/kairos-io/kairos/issues/4085)",
  find(context) {
    const inUnits = (path: string) => UNIT_FOLDERS.some((folder) => isBelow(path, folder));
    const baked = placed(context)
      .filter(({ target }) => inUnits(target))
      .map(({ target, path }) => ({
        span: context.yaml.span(path),
        message: "A unit does not belong below /etc/systemd",
        found: target,
        expected: "an entry in units:, which goes to /usr/lib/systemd/system",
      }));
    const { cloud } = context;
    if (!cloud) return baked;
    const written = filesWritten(cloud)
      .filter(({ path }) => inUnits(path))
      .map(({ path, span }) => ({
        file: cloud.file,
        span,
        message: "A unit does not belong below /etc/systemd",
        found: path,
        expected: "an entry in units: of node.yaml, which goes to /usr/lib/systemd/system",
      }));
    return [...baked, ...written];
  },
};

export const fileMode: Rule = {
  id: "node/file-mode",
  severity: "error",
  reason: "a program that nobody may run fails at boot, and a file of root's that everybody may write is a way to root",
  find: ({ node, yaml }) =>
    entries(node.files).flatMap(([i, file]) => {
      const mode = Number.parseInt(file.mode, 8);
      const span = yaml.span(["files", i, "mode"]);
      if (mode & 0o002) {
        return [{ span, message: `Everybody may write ${file.path}`, found: file.mode, expected: '"0644" or "0755"' }];
      }
      if (/^\/usr\/(s?bin|libexec)\//.test(file.path) && !(mode & 0o111)) {
        return [
          { span, message: `${file.path} is a program that nobody may run`, found: file.mode, expected: '"0755"' },
        ];
      }
      return [];
    }),
};
