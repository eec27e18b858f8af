import { z } from "zod";
import { Digest, Sha256 } from "./digest.js";
import { isMoment } from "./snapshot-moments.js";

const Purpose = z.string().min(1).describe("What it is for, in one sentence");
const StandIn = z
  .boolean()
  .optional()
  .describe("true where this is a test stand-in for the thing it is named after: a release refuses it");

/** An address with places to fill in: what stands in braces is one of `known`, or nothing would fill it in. */
function address(...known: string[]) {
  const places = known.map((name) => `{${name}}`);
  return z
    .string()
    .regex(/^https?:\/\/\S+$/, { error: "an http(s) address", abort: true })
    .refine((url) => (url.match(/\{[^}]*\}?/g) ?? []).every((place) => places.includes(place)), {
      error: `an address with ${places.join(" and ")} as its only braces`,
    });
}

/** An OCI image: a base, a tool, or a container that a role runs. */
export const ImageSource = z
  .strictObject({
    kind: z.literal("image"),
    for: Purpose,
    reference: z.string().regex(/^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/, "registry/repository without a tag"),
    version: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, "an image tag"),
    digest: Digest.optional(),
    standin: StandIn,
  })
  .describe("An OCI image");
export type ImageSource = z.infer<typeof ImageSource>;

/** A file from the web. `{version}` and `{arch}` in the URL are replaced. */
export const DownloadSource = z
  .strictObject({
    kind: z.literal("download"),
    for: Purpose,
    url: address("version", "arch"),
    version: z.string().min(1),
    sha256: z
      .strictObject({ amd64: Sha256.optional(), arm64: Sha256.optional() })
      .default({})
      .describe("The file's sha256 per architecture"),
    standin: StandIn,
  })
  .describe("A file from the web");
export type DownloadSource = z.infer<typeof DownloadSource>;

/** The apt archive at one moment, so that two builds install the same packages. */
export const AptSnapshotSource = z
  .strictObject({
    kind: z.literal("apt-snapshot"),
    for: Purpose,
    distribution: z
      .string()
      .regex(/^[a-z]+$/)
      .describe("ID in /etc/os-release of the bases it belongs to"),
    url: address("version").describe("The snapshot service; {version} is replaced"),
    suite: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .optional()
      .describe("A suite of it, e.g. noble: lock asks for its InRelease, as apt will, before it moves the snapshot"),
    version: z
      .string()
      .regex(/^\d{8}T\d{6}Z$/, { error: "a moment, e.g. 20260901T000000Z", abort: true })
      .refine(isMoment, { error: "a moment that there is, e.g. 20260901T000000Z" }),
  })
  .describe("The apt archive at one moment");
export type AptSnapshotSource = z.infer<typeof AptSnapshotSource>;

export const Source = z.discriminatedUnion("kind", [ImageSource, DownloadSource, AptSnapshotSource]);
export type Source = z.infer<typeof Source>;

/** sources.yaml: every outside thing, by name. */
export const Sources = z
  .strictObject({
    sources: z.record(z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "lower-case letters, digits, dots, dashes"), Source),
  })
  .describe("Every outside thing that a build uses, pinned");
export type Sources = z.infer<typeof Sources>;
