import { createHash } from "node:crypto";
import { type Container, type Directory, dag, type Platform } from "@dagger.io/dagger";
import { TOOLS, tool } from "../media/tool.js";
import type { ImageReference } from "../plan/references.js";
import { doneTool } from "./access.js";

/** The listing of a root file system and its content digest, by the script that a build uses. */
export async function contentOf(
  toolImage: ImageReference,
  rootfs: Directory,
): Promise<{ text: string; digest: string }> {
  const text = await tool(toolImage)
    .withMountedDirectory("/rootfs", rootfs)
    .withExec([`${TOOLS}/content.sh`, "/rootfs"], { redirectStdout: "/content.txt" })
    .file("/content.txt")
    .contents();
  return { text, digest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
}

/** The root file system of a published image, pulled by its digest: the bytes a machine would get. */
export async function pulledRootfs(
  oras: Container,
  packer: string,
  image: string,
  platform: string,
): Promise<Directory> {
  const args = ["cp", "--to-oci-layout", image, "/tmp/hegemonikon-layout"];
  const layout = (await doneTool(oras, args, { step: "pull the image", where: image })).directory(
    "/tmp/hegemonikon-layout",
  );
  const archive = dag
    .container()
    .from(packer)
    .withMountedDirectory("/hegemonikon-layout", layout)
    .withExec(["tar", "-cf", "/hegemonikon-image.tar", "-C", "/hegemonikon-layout", "."])
    .file("/hegemonikon-image.tar");
  return dag
    .container({ platform: platform as Platform })
    .import_(archive)
    .rootfs();
}
