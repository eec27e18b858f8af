import type { z } from "zod";
import { HegemonikonError } from "../errors.js";

/** Parses JSON. Throws a HegemonikonError with what was found; `from` says whose text it is, `expected` what it should be. */
export function parseJson(from: string, text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HegemonikonError(`${from}: found ${JSON.stringify(text.slice(0, 40))}, expected ${expected}`);
  }
}

/** Reads JSON by its schema. Throws a HegemonikonError with everything that is wrong; `called` names what it should be. */
export function readJson<T>(schema: z.ZodType<T>, from: string, text: string, expected: string, called: string): T {
  const parsed = schema.safeParse(parseJson(from, text, expected));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `  ${path.join(".") || "it"}: ${message}`);
  throw new HegemonikonError(`${from}: not ${called}\n${wrong.join("\n")}`);
}
