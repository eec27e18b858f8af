/** The value at keys below one another, which Kairos takes as one dotted key as well. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0 || typeof value !== "object" || value === null) return keys.length === 0 ? value : undefined;
  return keys
    .map((_, at) => valueAt((value as Record<string, unknown>)[keys.slice(0, at + 1).join(".")], keys.slice(at + 1)))
    .find((found) => found !== undefined);
}
