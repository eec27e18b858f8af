import { HegemonikonError } from "../errors.js";
import { readReference } from "../plan/release-input.js";

/** The parts of a reference that the module made, or found right before. */
export function named(reference: string): { repository: string; tag: string } {
  const read = readReference(reference);
  if (typeof read === "string") throw new HegemonikonError(`reference: ${read}`);
  return { repository: read.repository, tag: read.tag ?? "" };
}
