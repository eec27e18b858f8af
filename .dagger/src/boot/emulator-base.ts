import { type ImageReference, imageReference } from "../plan/references.js";
import type { Sources } from "../sources/sources.js";

/**
 * The base of the emulator's container: the newest version of the distribution that a node's own base is one of, whose QEMU
 * is the newest as well. An old base is a node's for its kernel's sake; what runs beside the node need not share its age.
 */
export function emulatorBase(sources: Sources, base: string): ImageReference {
  const own = sources.sources[base];
  const version = (name: string) => sources.sources[name]?.version ?? "";
  const same = Object.keys(sources.sources).filter((name) => {
    const source = sources.sources[name];
    return source?.kind === "image" && own?.kind === "image" && source.reference === own.reference;
  });
  // Words (bookworm, trixie) have no order that shows in them.
  if (!same.every((name) => /^\d/.test(version(name)))) return imageReference(sources, base);
  const newest = same.sort((a, b) => version(a).localeCompare(version(b), "en", { numeric: true })).at(-1);
  return imageReference(sources, newest ?? base);
}
