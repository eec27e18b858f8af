import { HegemonikonError } from "../errors.js";
import { notShownIn } from "../plan/release-proof.js";

/** A proof's folder, as far as it is read here. */
type Folder = { file(path: string): { contents(): Promise<string> } };

/**
 * The proof of a node that is released, which shows every assertion. The engine keeps each boot, also one from when a thing could
 * not be reached: where the first does not show all, the medium is booted once more. Throws where that does not either.
 */
export async function wholeProof<T extends Folder>(bootedAt: (attempt: number) => Promise<T>): Promise<T> {
  let missing: string[] = [];
  for (const attempt of [1, Date.now()]) {
    const proof = await bootedAt(attempt);
    missing = notShownIn(await proof.file("result.json").contents());
    if (missing.length === 0) return proof;
  }
  throw new HegemonikonError(
    [
      ...missing.map((sentence) => `not shown: ${sentence}`),
      "nothing was published: try again when what is missing can be reached; --boot=false releases without a proof, and the notes then claim none",
    ].join("\n"),
  );
}
