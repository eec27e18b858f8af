import type { Problem } from "../errors.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { checkSchema } from "../yaml/schema-problems.js";
import { Sources } from "./sources.js";

/** A sources.yaml, read: the sources where it is valid, the problems where it is not, and its positions. */
export type ParsedSources = { yaml: ParsedYaml; sources: Sources | undefined; problems: readonly Problem[] };

/** Reads a sources.yaml. Never throws. */
export function parseSources(file: string, input: Uint8Array | string): ParsedSources {
  const yaml = parseYaml(file, input);
  if (yaml.value === undefined) return { yaml, sources: undefined, problems: yaml.problems };
  const { value, problems } = checkSchema(yaml, Sources, "sources/schema");
  return { yaml, sources: value, problems: [...yaml.problems, ...problems] };
}
