import { HegemonikonError } from "../errors.js";
import { suggestion } from "../yaml/nearest.js";
import type { Source, Sources } from "./sources.js";

/** Names that the module itself uses, whatever the nodes say. */
export const MODULE_SOURCES = ["kairos-init", "auroraboot", "syft"] as const;

/** The source of a name and kind; an error that names the nearest one where there is none. */
export function requireSource<Kind extends Source["kind"]>(
  sources: Sources,
  name: string,
  kind: Kind,
): Extract<Source, { kind: Kind }> {
  const source = Object.hasOwn(sources.sources, name) ? sources.sources[name] : undefined;
  if (source?.kind === kind) return source as Extract<Source, { kind: Kind }>;
  const fitting = Object.keys(sources.sources).filter((key) => sources.sources[key]?.kind === kind);
  const found = source ? `${name} is of kind ${source.kind}` : `there is no ${JSON.stringify(name)}`;
  throw new HegemonikonError(
    `sources.yaml: ${found}; expected an entry of kind ${kind}: ${suggestion(name, fitting) ?? "there is none"}`,
  );
}
