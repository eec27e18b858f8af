import type { ChildProcessWithoutNullStreams } from "node:child_process";

/** How a program ended, and what it said. */
export type Collected = { code: number | null; stdout: string; stderr: string };

/** Reads what a program says, to its end. */
export function collected(child: ChildProcessWithoutNullStreams): Promise<Collected> {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}
