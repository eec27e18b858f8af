import { z } from "zod";
import { Sha256 } from "../sources/digest.js";
import { sizeInBytes } from "./size.js";

/** A size in bytes as people write it: `512MiB`, `1.5GiB`. Binary units only; not 0, and below a million of its unit. */
export const Size = z
  .string()
  .regex(/^(?!0+(\.0+)?[MG])\d{1,6}(\.\d{1,3})?(MiB|GiB)$/, "a size in MiB or GiB, e.g. 1.5GiB")
  .describe("A size in MiB or GiB, e.g. 1.5GiB");

/**
 * Memory of a machine. 512 MiB is that of the smallest boards which Kairos starts on at all, 1024 GiB more than any machine of
 * a homelab has: what is beyond is a slip of the unit, and the virtual machine of the proof would get as much.
 */
export const Memory = Size.refine(
  (size) => {
    // A text that is no size has a problem of its own.
    if (!Size.safeParse(size).success) return true;
    return sizeInBytes(size) >= sizeInBytes("512MiB") && sizeInBytes(size) <= sizeInBytes("1024GiB");
  },
  { error: "from 512MiB to 1024GiB" },
);

/** A duration as systemd writes it, in seconds or minutes: `90s`, `10min`. Five digits are more than a day. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,4}(s|min)$/, "a duration in s or min, e.g. 90s or 10min")
  .describe("A duration in s or min, e.g. 90s or 10min");

const RelativePath = z.string().regex(/^files\/(?!.*(^|\/)\.\.(\/|$)).+$/, "a path below this node's files/ folder");
const AbsolutePath = z
  .string()
  .regex(
    /^\/(?!.*(^|\/)\.\.?(\/|$))(?!.*\/\/).*[^/]$/,
    "an absolute path without ., .. or //, and without / at its end",
  );
const SourceName = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, "the name of an entry in sources.yaml");

/** A file of the role: copied from the node's files/ folder into the image. */
export const RoleFile = z
  .strictObject({
    path: AbsolutePath.describe("Where the file stands in the image"),
    source: RelativePath.describe("The file in this folder, e.g. files/doorbell.py"),
    mode: z
      .string()
      .regex(/^0[0-7]{3,4}$/, 'an octal string, e.g. "0644"')
      .default("0644")
      .describe('Permissions as an octal string, e.g. "0755"'),
  })
  .describe("A file of the role, owned by root");
export type RoleFile = z.infer<typeof RoleFile>;

/** A systemd unit of the role: installed in /usr/lib/systemd/system, so that an upgrade replaces it. */
export const RoleUnit = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9:_.@-]+\.(service|socket|timer|path|mount|target|slice)$/,
        "a unit name, e.g. doorbell.service",
      )
      .describe("The unit's name, with its suffix"),
    source: RelativePath.optional().describe("The unit file; absent for a unit that a package or a quadlet brings"),
    enable: z.boolean().default(true).describe("Start it at boot (links it into its [Install] targets)"),
  })
  .describe("A systemd unit of the role");
export type RoleUnit = z.infer<typeof RoleUnit>;

/** A single program fetched from sources.yaml (a `download`) and placed in the image. */
export const RoleBinary = z
  .strictObject({
    source: SourceName.describe("A download in sources.yaml"),
    path: AbsolutePath.describe("Where the program stands in the image; not below /usr/local"),
  })
  .describe("A program that sources.yaml pins");
export type RoleBinary = z.infer<typeof RoleBinary>;

/** An OCI image the role runs as a container. */
export const RoleContainer = z
  .strictObject({
    source: SourceName.describe("An image in sources.yaml"),
    delivery: z
      .enum(["baked", "pulled"])
      .describe("baked: inside the OS image, works at first boot with no network. pulled: fetched at first boot"),
  })
  .describe("A container image the role runs");
export type RoleContainer = z.infer<typeof RoleContainer>;

/** The root file system of an image in sources.yaml, as a folder of the OS image: plugins, back ends, data. */
export const RoleTree = z
  .strictObject({
    source: SourceName.describe("An image in sources.yaml"),
    path: AbsolutePath.describe(
      "The folder that its files become: one of their own below /usr/lib/hegemonikon/NAME or /usr/share/hegemonikon/NAME",
    ),
  })
  .describe("The files of an image, as a folder of the OS image");
export type RoleTree = z.infer<typeof RoleTree>;

/** A model file that noos fetches at first boot and keeps on a persistent path. */
export const Model = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a file name"),
    url: z.url({ protocol: /^https?$/, error: "an http(s) address" }),
    sha256: Sha256,
  })
  .describe("A model file, fetched at first boot and verified");
export type Model = z.infer<typeof Model>;

/**
 * A line for people. It is printed as it is, so that it may hold nothing that a terminal obeys, nor what turns the direction
 * of writing and so shows another text than there is (Unicode UAX #9).
 */
const Line = z
  .string()
  .min(1)
  .max(120)
  .refine((text) => !/[\p{Cc}\p{Bidi_Control}]/u.test(text), { error: "one line without control characters" });

/** One fact that proves the role on a booted machine. */
export const Assertion = z
  .strictObject({
    name: Line.max(80)
      .regex(/^[^#]+$/, "a text without #")
      .describe("What it proves, in words"),
    command: z
      .string()
      .min(1)
      .regex(/^[^\n]+$/, "one line")
      .describe(
        "A shell command; exit code 0 proves it; 77 and a last line that begins with `SKIP: ` say that it cannot be shown here",
      ),
    within: Duration.describe("How long after boot it may take to come true"),
  })
  .describe("One fact that proves the role");
export type Assertion = z.infer<typeof Assertion>;

/** A node's name: it becomes part of image tags, file names and host names. */
export const NodeName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "lower-case letters, digits and dashes, a letter first, at most 31");

/** nodes/<name>/node.yaml: what a node is. */
export const Node = z
  .strictObject({
    name: NodeName.describe("The folder's name"),
    role: Line.describe("The one job of this machine"),
    machine: Line.describe("The hardware it runs on, for people"),
    status: z.enum(["development", "available", "deployable", "running"]).describe("How far the node is"),
    arch: z.enum(["amd64", "arm64"]),
    model: z.enum(["generic", "rpi3", "rpi4"]).describe("kairos-init's --model"),
    base: SourceName.describe("The base image: an image in sources.yaml"),
    medium: z.enum(["iso", "raw"]).describe("The bootable medium of the first installation"),
    memory: Memory.default("4GiB").describe("Memory of its machine at the least; that of its boot proof has as much"),
    kubernetes: z
      .strictObject({
        distribution: z.enum(["k0s"]),
        source: SourceName.describe("The distribution's binary: a download in sources.yaml"),
      })
      .optional()
      .describe("The Kubernetes distribution, where there is one; its binary goes to /usr/bin/<distribution>"),
    packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, "a Debian package name")).default([]),
    binaries: z.array(RoleBinary).default([]),
    containers: z.array(RoleContainer).default([]),
    trees: z.array(RoleTree).default([]),
    models: z.array(Model).default([]),
    files: z.array(RoleFile).default([]),
    units: z.array(RoleUnit).default([]),
    install: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("Kairos's install: block, baked into /etc/kairos as the installer's defaults"),
    budgets: z
      .strictObject({
        image: Size.describe(
          "The file that holds the root file system on the machine: its files, each in whole blocks, and what ext2 needs itself",
        ),
        medium: Size.describe("The ISO, or the RAW after compression"),
      })
      .describe("Sizes that a build may not exceed; over 90 % it warns"),
    assertions: z.array(Assertion).min(1, "at least one fact that proves the role"),
  })
  .describe("A node: one machine, one role");
export type Node = z.infer<typeof Node>;
