import { HegemonikonError } from "../errors.js";
import { type Facts, packagesOf } from "../media/facts.js";
import type { Recipe } from "../plan/recipe.js";
import { usedSources } from "./used-sources.js";

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
type Bom = { bomFormat?: string; components?: Component[] };

/** What merge-sbom.jq adds to syft's CycloneDX. */
export type SbomAdditions = { component: Component & { description: string }; components: Component[] };

/**
 * What completes syft's CycloneDX: the node as its subject, every source with its digest, and the Debian packages that
 * dpkg knows and syft left out, with version and purl, so that none is lost. Small, however large the SBOM is. Throws a
 * HegemonikonError where the input is no such SBOM.
 */
export function sbomAdditions(text: string, recipe: Recipe, facts: Facts): SbomAdditions {
  let bom: Bom;
  try {
    bom = JSON.parse(text);
  } catch {
    throw new HegemonikonError(`syft's SBOM is not JSON, expected CycloneDX: ${text.slice(0, 80)}`);
  }
  if (bom.bomFormat !== "CycloneDX") {
    throw new HegemonikonError(`syft's SBOM has the format ${JSON.stringify(bom.bomFormat)}, expected CycloneDX`);
  }
  const found = bom.components ?? [];
  const known = new Set(found.filter(({ purl }) => purl?.startsWith("pkg:deb/")).map((c) => `${c.name} ${c.version}`));
  const added = packagesOf(facts)
    .filter(({ name, version }) => !known.has(`${name} ${version}`))
    .map(({ name, version, arch }) => ({ type: "library", name, version, purl: debPurl(found, name, version, arch) }));
  const sources = usedSources(recipe, facts).map(({ name, address, digest, standin }) => ({
    type: "file",
    "bom-ref": `source:${name}`,
    name: address,
    ...(digest ? { hashes: [{ alg: "SHA-256", content: digest.replace(/^sha256:/, "") }] } : {}),
    properties: [
      { name: "hegemonikon:source", value: name },
      ...(standin ? [{ name: "hegemonikon:standin", value: "true" }] : []),
    ],
  }));
  const component = {
    type: "operating-system",
    "bom-ref": `node:${recipe.node.name}`,
    name: recipe.node.name,
    version: recipe.version,
    description: `${recipe.node.role} on ${recipe.head.base.address}`,
  };
  return { component, components: [...added, ...sources] };
}

/** The purl of a package that syft missed, with the namespace and distribution of those it found. */
function debPurl(found: readonly Component[], name: string, version: string, arch: string): string {
  const example = found.find(({ purl }) => purl?.startsWith("pkg:deb/"))?.purl;
  const namespace = /^pkg:deb\/([^/]+)\//.exec(example ?? "")?.[1] ?? "debian";
  const distro = /[?&](distro=[^&#]+)/.exec(example ?? "")?.[1];
  return `pkg:deb/${namespace}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${arch}${distro ? `&${distro}` : ""}`;
}
