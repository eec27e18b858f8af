import { type Container, type File, ImageLayerCompression, ImageMediaTypes } from "@dagger.io/dagger";

/** An image as an OCI archive. By zstd: half the time of gzip and smaller; podman, skopeo and docker read it. */
export function ociArchive(image: Container): File {
  return image.asTarball({
    forcedCompression: ImageLayerCompression.Zstd,
    mediaTypes: ImageMediaTypes.OcimediaTypes,
  });
}
