import { z } from "zod";
import { HegemonikonError } from "../errors.js";

/** What publishing reads of a build's manifest.json; the rest of it is not its concern. */
const BuildManifest = z.object({
  node: z.string(),
  version: z.string(),
  revision: z.string().default(""),
  arch: z.string().default(""),
  kernel: z.string().default(""),
  contentDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits"),
  standins: z.array(z.string()).default([]),
  sources: z.array(z.object({ name: z.string(), address: z.string(), digest: z.string().nullish() })).default([]),
  packages: z.array(z.object({ name: z.string(), version: z.string(), arch: z.string() })).default([]),
  sizes: z.object({ image: z.number().optional(), medium: z.number().optional() }).default({}),
});
export type BuildManifest = z.infer<typeof BuildManifest>;

/** Reads a manifest.json. `from` says whose it is, for an error. */
export function readBuildManifest(from: string, text: string): BuildManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HegemonikonError(`${from}: found ${JSON.stringify(text.slice(0, 40))}, expected the JSON of a build`);
  }
  const parsed = BuildManifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `  ${path.join(".") || "it"}: ${message}`);
  throw new HegemonikonError(`${from}: not the manifest of a build\n${wrong.join("\n")}`);
}
