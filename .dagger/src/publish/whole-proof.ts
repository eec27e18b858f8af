import { HegemonikonError } from "../errors.js";
import { notShownIn } from "../plan/release-proof.js";

/** A proof's folder, as far as it is read here. */
type Folder = { file(path: string): { contents(): Promise<string> } };

/**
 * The proof of a node that is released, which shows every assertion. The engine keeps each boot, also one from when a thing could
 * not be reached: where the first does not show all, the medium is booted once more. Throws where that does not either.
 * @param unproven the error's text, from why it is no such proof and the attempt whose boot that was
 */
export async function wholeProof<T extends Folder>(
  bootedAt: (attempt: number) => Promise<T>,
  unproven: (why: string, attempt: number) => string,
): Promise<T> {
  let missing: string[] = [];
  // Another number than any boot before had; `boot --attempt` takes whole numbers of 32 bits.
  const again = Math.floor(Date.now() / 1000) % 1_000_000_000;
  for (const attempt of [1, again]) {
    try {
      const proof = await bootedAt(attempt);
      missing = notShownIn(await proof.file("result.json").contents());
      if (missing.length === 0) return proof;
    } catch (error) {
      throw new HegemonikonError(unproven((error as Error).message, attempt), { cause: error });
    }
  }
  const why = [
    ...missing.map((sentence) => `not shown: ${sentence}`),
    "nothing was published: try again when what is missing can be reached; --boot=false releases without a proof, and the notes then claim none",
  ].join("\n");
  throw new HegemonikonError(unproven(why, again));
}
