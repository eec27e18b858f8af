import { readFileSync } from "node:fs";
import type { Assertion } from "../../node/node.js";
import { artefacts } from "../../plan/artefacts.js";
import { type Recipe, versionKeys } from "../../plan/recipe.js";
import type { RoleEntry } from "../../plan/role.js";
import { enableLinks, UNIT_FOLDER } from "../../plan/unit-links.js";
import { ASSERTIONS, assertionTable } from "../role-check/entries.js";
import { UpgradeFault } from "./fault.js";

/** An image of the test: the one that is installed, the one it is upgraded to, or one that is broken on purpose. */
export type Variant = "before" | "after" | UpgradeFault;

/** What a variant adds to a node's image, and what its role-check asks besides. */
type Addition = { entries: RoleEntry[]; assertions: Assertion[] };

const FOLDER = "/usr/lib/hegemonikon/upgrade-test";
const ONLY_BEFORE = "upgrade-test-before.service";
const NEEDED = "upgrade-test-needed.service";
const BROKEN = "upgrade-test-broken.service";
const DATA = "/usr/local/lib/upgrade-test/data";

/** The assertions of every image but the first: what the one before had and this one has not is gone, and data is not. */
const GONE: Assertion[] = [
  {
    name: "a file that this version does not have is gone",
    command: `! test -e ${FOLDER}/only-before`,
    within: "1min",
  },
  { name: "a unit that this version does not have is gone", command: `! systemctl cat ${ONLY_BEFORE}`, within: "1min" },
  { name: "what a service of the version before wrote is there", command: `test -s ${DATA}`, within: "1min" },
];

/** The name of a variant, as it stands in versions and references. */
export function variantName(variant: Variant): string {
  return variant.toLowerCase();
}

/** The assertions that a variant's role-check reports on. */
export function variantAssertions(node: Recipe["node"], variant: Variant): Assertion[] {
  return [...node.assertions, ...additionOf(variant).assertions];
}

/** The recipe of a variant: the node's own, with another version, other assertions, and what makes it that variant. */
export function variantRecipe(recipe: Recipe, variant: Variant): Recipe {
  const { entries } = additionOf(variant);
  const version = variantVersion(recipe.version, variant);
  const table = assertionTable({ assertions: variantAssertions(recipe.node, variant) });
  return {
    ...recipe,
    version,
    release: { ...recipe.release, ...versionKeys(version) },
    artefacts: artefacts(recipe.node, version),
    role: [...recipe.role.filter((entry) => entry.path !== ASSERTIONS), { ...file(ASSERTIONS, table) }, ...entries],
  };
}

/** A variant's version: the node's own is the one upgraded to. */
export function variantVersion(version: string, variant: Variant): string {
  if (variant === "after") return version;
  return `${version}${version.includes("-") ? "." : "-"}${variantName(variant)}`;
}

function additionOf(variant: Variant): Addition {
  switch (variant) {
    case "before":
      return {
        entries: [
          file(`${FOLDER}/only-before`, text("only-before"), 0o755),
          ...enabled(ONLY_BEFORE, text("only-before.service")),
        ],
        assertions: [
          { name: "it has its own file", command: `test -x ${FOLDER}/only-before`, within: "1min" },
          { name: "it has its own service", command: `systemctl is-active ${ONLY_BEFORE}`, within: "2min" },
          { name: "that service has written something", command: `test -s ${DATA}`, within: "2min" },
        ],
      };
    case "after":
      return { entries: [], assertions: GONE };
    case UpgradeFault.Panic:
      return { entries: [file("/boot/initrd", "This is no initrd.\n")], assertions: GONE };
    case UpgradeFault.Hang:
      return { entries: [file("/system/oem/96_upgrade-test-hang.yaml", text("hang.yaml"))], assertions: GONE };
    case UpgradeFault.Emergency:
      return { entries: enabled(BROKEN, text("broken.service")), assertions: GONE };
    case UpgradeFault.Service: {
      const runs = {
        name: "the service that the role needs runs",
        command: `systemctl is-active ${NEEDED}`,
        within: "1s",
      };
      return { entries: enabled(NEEDED, text("needed.service")), assertions: [...GONE, runs] };
    }
    case UpgradeFault.Assertion: {
      const never = { name: "a role that never comes up", command: "echo no such role >&2; exit 3", within: "1s" };
      return { entries: [], assertions: [...GONE, never] };
    }
  }
}

/** The assertion that a fault breaks; none where the machine does not come as far as role-check. */
export function brokenAssertion(fault: UpgradeFault): string | undefined {
  return additionOf(fault).assertions.find(({ name }) => !GONE.some((one) => one.name === name))?.name;
}

function text(name: string): string {
  return readFileSync(new URL(`files/${name}`, import.meta.url), "utf8");
}

function file(path: string, content: string, mode = 0o644): RoleEntry {
  return { kind: "text", path, mode, text: content };
}

function enabled(name: string, unit: string): RoleEntry[] {
  const links = enableLinks(name, unit).map((link): RoleEntry => ({ kind: "link", ...link }));
  return [file(`${UNIT_FOLDER}/${name}`, unit), ...links];
}
