/** One thing that was verified about a published image. */
export type Proof = { what: string; ok: boolean; detail: string };

/** What verify found. */
export type Verification = { node: string; reference: string; digest: string; proofs: Proof[] };

/** Everything that is compared, each from where it was read. */
export type Evidence = {
  node: string;
  reference: string;
  digest: string;
  /** What cosign said: who signed, or why it is not believed. */
  signature: { ok: boolean; detail: string };
  /** The content digest, as five witnesses know it. Undefined where one has nothing to say. */
  annotation: string;
  manifest: string | undefined;
  listing: string | undefined;
  /** Of what was pulled, computed from its files. */
  pulled: string;
  /** Of a build of the same version from the files here. */
  local: string;
  manifestNode: string | undefined;
  /** What the SBOM lists, as name and version; undefined where there is none. */
  sbomPackages: readonly string[] | undefined;
  /** The packages of the build from the files here, as name and version. */
  localPackages: readonly string[];
  /** The revision that was published and the one that is here; empty where not known. */
  revisions: { published: string; here: string };
  /** The first paths that differ between what was pulled and what was built here. */
  differing: readonly string[];
};

/** Compares the evidence. Every proof is listed, the ones that hold too. */
export function verification(evidence: Evidence): Verification {
  const { annotation, pulled, local, revisions } = evidence;
  const same = (what: string, value: string | undefined, other: string): Proof => ({
    what,
    ok: value === annotation && annotation !== "",
    detail:
      value === undefined
        ? "nothing of the kind is attached"
        : value === annotation
          ? value
          : `${other} ${value}, the image says ${annotation || "nothing"}`,
  });
  const apart =
    revisions.published !== "" && revisions.here !== "" && revisions.published !== revisions.here
      ? `; it was built from ${revisions.published}, the files here are of ${revisions.here}: check that revision out first`
      : "";
  const paths = evidence.differing.length > 0 ? `\n    ${evidence.differing.join("\n    ")}` : "";
  return {
    node: evidence.node,
    reference: evidence.reference,
    digest: evidence.digest,
    proofs: [
      { what: "signature", ...evidence.signature },
      {
        what: "node",
        ok: evidence.manifestNode === evidence.node,
        detail:
          evidence.manifestNode === undefined
            ? "no manifest is attached"
            : `the manifest is of ${evidence.manifestNode}`,
      },
      same("manifest", evidence.manifest, "it says"),
      same("content listing", evidence.listing, "its sum is"),
      sbomProof(evidence.sbomPackages, evidence.localPackages),
      same("content of what was pulled", pulled, "its files sum to"),
      {
        what: "local build",
        ok: local === annotation,
        detail:
          local === annotation ? local : `the files here make ${local}, the image says ${annotation}${apart}${paths}`,
      },
    ],
  };
}

/** As many missing packages are shown. */
const SHOWN = 5;

/** An SBOM agrees where it lists every package of a build here, in its version; what containers in the image hold, too. */
function sbomProof(listed: readonly string[] | undefined, local: readonly string[]): Proof {
  if (listed === undefined) return { what: "SBOM", ok: false, detail: "none is attached" };
  const there = new Set(listed);
  const missing = [...new Set(local)].filter((one) => !there.has(one));
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : "";
  const lacks = `it lacks ${missing.slice(0, SHOWN).join(", ")}${more}`;
  return {
    what: "SBOM",
    ok: missing.length === 0 && there.size > 0,
    detail: missing.length === 0 ? `${there.size} packages` : lacks,
  };
}

/** Whether everything holds. */
export function isVerified({ proofs }: Verification): boolean {
  return proofs.every(({ ok }) => ok);
}

/** What verify found, for people: TAP-like, one line a proof. */
export function verificationText({ node, reference, digest, proofs }: Verification): string {
  const lines = proofs.map(({ what, ok, detail }) => `  ${ok ? "ok    " : "not ok"} ${what}: ${detail}`);
  return `${[`${node}: ${reference} (${digest})`, ...lines].join("\n")}\n`;
}

/** The same for programs. */
export function verificationJson(result: Verification): string {
  return `${JSON.stringify({ verified: isVerified(result), ...result }, undefined, 2)}\n`;
}
