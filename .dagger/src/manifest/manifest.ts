import { z } from "zod";
import { Digest, Sha256 } from "../sources/digest.js";

const Bytes = z.int().min(0);
/** manifest.json: everything that a build decided and made, for whoever publishes, verifies or compares it. */
export const Manifest = z
  .strictObject({
    manifest: z.literal(1).describe("The version of this format"),
    node: z.string(),
    role: z.string(),
    version: z.string().describe("The node's version, with a leading v"),
    revision: z.string().describe("The git commit of the files; empty where it was not known"),
    arch: z.enum(["amd64", "arm64"]),
    model: z.string(),
    base: z.string().describe("The base image's name in sources.yaml"),
    medium: z.enum(["iso", "raw"]),
    kernel: z.string().describe("The kernel's release, e.g. 6.8.0-45-generic"),
    contentDigest: Digest.describe(
      "sha256 of content.txt (paths, types, modes, capabilities, owners, links, contents; no time stamps): the same wherever one revision is built",
    ),
    sizes: z
      .strictObject({
        paths: z.int().min(0).describe("Entries in the root file system"),
        image: Bytes.describe("The file that the root file system needs on the machine, which budgets.image limits"),
        medium: Bytes.describe("The ISO, or the compressed RAW"),
      })
      .describe("How large it is, in bytes, as a build compares it with the budgets"),
    budgets: z.strictObject({ image: Bytes, medium: Bytes }).describe("What node.yaml allows, in bytes"),
    artefacts: z
      .array(z.strictObject({ name: z.string(), bytes: Bytes, sha256: Sha256 }))
      .describe("The other files of the build"),
    packages: z
      .array(z.strictObject({ name: z.string(), version: z.string(), arch: z.string() }))
      .describe("Every Debian package, by name"),
    sources: z
      .array(
        z.strictObject({
          name: z.string(),
          address: z.string(),
          digest: Digest.nullable().describe(
            "null where sources.yaml does not pin it by content; the moment in its address pins an apt snapshot",
          ),
          standin: z.boolean(),
        }),
      )
      .describe("Every outside thing that went into the build"),
    standins: z
      .array(z.string())
      .describe("Sources that only stand in for the real thing: a release refuses such a build"),
    warnings: z.array(z.string()).describe("What the build warned of"),
  })
  .describe("What a build of a node decided and made");
export type Manifest = z.infer<typeof Manifest>;

/** manifest.json as text: keys in the schema's order, so that the same build gives the same bytes. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(Manifest.parse(manifest), null, 2)}\n`;
}
