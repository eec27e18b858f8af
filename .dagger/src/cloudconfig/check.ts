import type { Problem } from "../errors.js";

/** Placeholder until the cloud-config checks land: finds nothing. */
export function checkCloudConfig(_file: string, _text: string): Problem[] {
  return [];
}
