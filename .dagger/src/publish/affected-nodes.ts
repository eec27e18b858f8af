import type { GitRepository } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { TableFormat } from "../node/table-format.js";
import { affected } from "../plan/affected.js";
import { codeStripper } from "../plan/affected-code.js";
import { affectedJson, affectedText } from "../plan/affected-text.js";
import { changesSince } from "./changes.js";

/** What the changes since a revision touch, in a form. */
export async function affectedNodes(repository: GitRepository, since: string, format: TableFormat): Promise<string> {
  if (since.trim() === "")
    throw new HegemonikonError(`since: found ${JSON.stringify(since)}, expected a branch, a tag or a full commit id`);
  const { paths, before, after } = await changesSince(repository, since);
  const strip = paths.some((path) => path.endsWith(".ts")) ? await codeStripper() : undefined;
  const result = affected(paths, before, after, strip);
  return format === TableFormat.Json ? affectedJson(result, since) : affectedText(result, since);
}
