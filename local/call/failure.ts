/** How a failed call ends: what is said on stderr, and the exit code. */
export type Failure = { message: string; code: number };

/** Lines of a failed command's output that are repeated at the end. */
const tailLines = 40;

type ExecDetails = { exitCode: number; stdout: string; stderr: string };

function execDetails(error: unknown): ExecDetails | undefined {
  const own = error as { name?: string; exitCode?: number; stdout?: string; stderr?: string };
  const extensions = (error as { extensions?: { [key: string]: unknown } }).extensions;
  const source = own.name === "ExecError" ? own : extensions?._type === "EXEC_ERROR" ? extensions : undefined;
  if (!source) return undefined;
  const { exitCode, stdout, stderr } = source as Partial<ExecDetails>;
  return { exitCode: exitCode ?? 1, stdout: stdout ?? "", stderr: stderr ?? "" };
}

function tail(title: string, text: string): string {
  const lines = text.trimEnd().split("\n");
  if (text.trim() === "") return "";
  const cut = lines.length > tailLines ? `(${lines.length - tailLines} lines before)\n` : "";
  return `${title}:\n${cut}${lines.slice(-tailLines).join("\n")}\n`;
}

/** Whether it is worth asking if the engine is still there: the error has no explanation of its own. */
export function mayBeLoss(error: unknown): boolean {
  const name = (error as { name?: string }).name;
  return name !== "UsageError" && name !== "CallError" && !execDetails(error);
}

/**
 * What to say about an error. A failed command's exit code becomes the call's, as with `dagger call`; everything else
 * is 1. `lost` says why the engine cannot be reached any more, if so.
 */
export function describe(error: unknown, program: string, lost: string | undefined): Failure {
  const message = error instanceof Error ? error.message : typeof error === "string" ? error : JSON.stringify(error);
  if (lost !== undefined) {
    return { message: `Error: the engine went away during the call (${lost}): run it again.\n`, code: 1 };
  }
  const exec = execDetails(error);
  if (exec) {
    const output = `${tail("Stdout", exec.stdout)}${tail("Stderr", exec.stderr)}`;
    return { message: `Error: ${message}\n${output}`, code: exec.exitCode > 0 ? exec.exitCode : 1 };
  }
  const usage = error as { name?: string; path?: string[] };
  if (usage.name === "UsageError") {
    const command = [program, ...(usage.path ?? []), "--help"].join(" ");
    return { message: `Error: ${message}\nRun '${command}' for usage.\n`, code: 1 };
  }
  const cause = rootCause(error);
  return { message: `Error: ${message}${cause ? `: ${cause}` : ""}\n`, code: 1 };
}

/** The SDK wraps what it does not know in a sentence that says nothing: then the reason is worth showing. */
function rootCause(error: unknown): string | undefined {
  if ((error as { name?: string }).name !== "UnknownDaggerError") return undefined;
  const cause = (error as { cause?: unknown }).cause;
  return cause instanceof Error ? cause.message : undefined;
}
