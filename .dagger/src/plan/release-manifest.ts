import { z } from "zod";
import { Digest } from "../sources/digest.js";
import { readJson } from "./read-json.js";

/** What publishing reads of a build's manifest.json; the rest of it is not its concern. */
const BuildManifest = z.object({
  node: z.string(),
  version: z.string(),
  revision: z.string().default(""),
  arch: z.string().default(""),
  kernel: z.string().default(""),
  contentDigest: Digest,
  standins: z.array(z.string()).default([]),
  sources: z.array(z.object({ name: z.string(), address: z.string(), digest: z.string().nullish() })).default([]),
  packages: z.array(z.object({ name: z.string(), version: z.string(), arch: z.string() })).default([]),
  sizes: z.object({ image: z.number().optional(), medium: z.number().optional() }).default({}),
});
export type BuildManifest = z.infer<typeof BuildManifest>;

/** Reads a manifest.json. `from` says whose it is, for an error. */
export function readBuildManifest(from: string, text: string): BuildManifest {
  return readJson(BuildManifest, from, text, "the JSON of a build", "the manifest of a build");
}
