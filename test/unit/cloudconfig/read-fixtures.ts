import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const FIXTURES = fileURLToPath(new URL("../../fixtures/cloudconfig/", import.meta.url));

/** The fixtures of one folder: name below cloudconfig/ and text. */
export function fixtures(folder: "valid" | "invalid"): { name: string; text: string }[] {
  return readdirSync(`${FIXTURES}${folder}`)
    .sort()
    .map((file) => ({ name: `${folder}/${file}`, text: readFileSync(`${FIXTURES}${folder}/${file}`, "utf8") }));
}
