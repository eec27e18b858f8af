import { z } from "zod";
import { readJson } from "./read-json.js";

const Result = z.object({ notShown: z.array(z.string()) });

/** What a proof's result.json says that it does not show, a sentence each. Throws a HegemonikonError where it does not say. */
export function notShownIn(resultJson: string): string[] {
  return readJson(Result, "result.json", resultJson, "the JSON of a proof", "a proof's result").notShown;
}
