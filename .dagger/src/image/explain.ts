import { setTimeout } from "node:timers/promises";
import { HegemonikonError } from "../errors.js";
import { type FailedExec, failedStep } from "../plan/failed-step.js";

/** An engine ends a call that was stopped within a second or two: what still fails after these tries is something else. */
const TRIES = 5;

/**
 * Runs a part of a node's build; what fails in it becomes an error that names the node and the step.
 * Calls share equal work on an engine, and when one is stopped (Ctrl-C) while the next begins, the next can be handed its
 * `context canceled` (dagger/dagger#7699). Whoever stops this call hears nothing from it any more, so that here the words
 * are always another call's: the work is asked for again, after `pause` milliseconds.
 */
export async function explained<T>(node: string, build: () => Promise<T>, pause = 2_000): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await build();
    } catch (error) {
      if (left === 0 || !takenDown(error)) throw named(node, error);
      console.error(`${node}: another call that did the same work was stopped; once more`);
      await setTimeout(pause);
    }
  }
}

const takenDown = (error: unknown) =>
  error instanceof Error &&
  !(isFailedExec(error) || error instanceof HegemonikonError) &&
  error.message.includes("context canceled");

/** The SDK's ExecError, told by its name: the class is not among what a module can import under `dagger call`. */
const isFailedExec = (error: unknown): error is Error & FailedExec =>
  error instanceof Error && error.name === "ExecError";

function named(node: string, error: unknown): Error {
  if (isFailedExec(error)) return new HegemonikonError(failedStep(node, error), { cause: error });
  if (error instanceof HegemonikonError) return error;
  return new HegemonikonError(`${node}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
