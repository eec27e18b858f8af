import { HegemonikonError } from "../errors.js";
import type { Package } from "../media/facts.js";
import type { Recipe } from "../plan/recipe.js";

type Property = { name: string; value: string };
type Component = {
  type: string;
  name: string;
  version?: string;
  purl?: string;
  "bom-ref"?: string;
  properties?: Property[];
  hashes?: { alg: string; content: string }[];
};
type Bom = {
  bomFormat?: string;
  components?: Component[];
  metadata?: { [key: string]: unknown };
  [key: string]: unknown;
};

/**
 * Completes syft's CycloneDX: the node as its subject, every source with its digest, and every Debian package that dpkg
 * knows, with version and purl. What syft left out is added from dpkg's own list, so that none is lost; its serial number
 * and time are dropped, so that the same image gives the same file. Throws a HegemonikonError where the input is no BOM.
 */
export function completeSbom(text: string, recipe: Recipe, packages: readonly Package[]): string {
  let bom: Bom;
  try {
    bom = JSON.parse(text);
  } catch {
    throw new HegemonikonError(`syft's SBOM is not JSON, expected CycloneDX: ${text.slice(0, 80)}`);
  }
  if (bom.bomFormat !== "CycloneDX") {
    throw new HegemonikonError(`syft's SBOM has the format ${JSON.stringify(bom.bomFormat)}, expected CycloneDX`);
  }
  const distribution = recipe.head.base.address;
  const found = (bom.components ?? []).filter(({ type }) => type !== "file");
  const known = new Set(found.filter(({ purl }) => purl?.startsWith("pkg:deb/")).map((c) => `${c.name} ${c.version}`));
  const added = packages
    .filter(({ name, version }) => !known.has(`${name} ${version}`))
    .map(({ name, version, arch }) => ({ type: "library", name, version, purl: debPurl(found, name, version, arch) }));
  const sources = recipe.used.map(({ name, address, digest, standin }) => ({
    type: "file",
    "bom-ref": `source:${name}`,
    name: address,
    ...(digest ? { hashes: [{ alg: "SHA-256", content: digest.replace(/^sha256:/, "") }] } : {}),
    properties: [
      { name: "hegemonikon:source", value: name },
      ...(standin ? [{ name: "hegemonikon:standin", value: "true" }] : []),
    ],
  }));
  const { serialNumber: _serial, ...rest } = bom;
  const { timestamp: _time, component: _subject, ...metadata } = bom.metadata ?? {};
  const complete = {
    ...rest,
    metadata: {
      ...metadata,
      component: {
        type: "operating-system",
        "bom-ref": `node:${recipe.node.name}`,
        name: recipe.node.name,
        version: recipe.version,
        description: `${recipe.node.role} on ${distribution}`,
      },
    },
    components: [...found, ...added, ...sources],
  };
  return `${JSON.stringify(complete, null, 1)}\n`;
}

/** The purl of a package that syft missed, with the namespace and distribution of those it found. */
function debPurl(found: readonly Component[], name: string, version: string, arch: string): string {
  const example = found.find(({ purl }) => purl?.startsWith("pkg:deb/"))?.purl;
  const namespace = /^pkg:deb\/([^/]+)\//.exec(example ?? "")?.[1] ?? "debian";
  const distro = /[?&](distro=[^&#]+)/.exec(example ?? "")?.[1];
  return `pkg:deb/${namespace}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}${distro ? `&${distro}` : ""}`;
}
