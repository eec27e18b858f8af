import { ExecError } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { failedStep } from "../plan/failed-step.js";

/** Runs a part of a node's build; what fails in it becomes an error that names the node and the step. */
export async function explained<T>(node: string, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (error instanceof ExecError) throw new HegemonikonError(failedStep(node, error), { cause: error });
    if (error instanceof HegemonikonError) throw error;
    throw new HegemonikonError(`${node}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
