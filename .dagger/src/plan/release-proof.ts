import { z } from "zod";

const Result = z.object({ notShown: z.array(z.string()) });

/** What a proof's result.json says that it does not show, a sentence each. Throws where it does not say. */
export function notShownIn(resultJson: string): string[] {
  return Result.parse(JSON.parse(resultJson)).notShown;
}
