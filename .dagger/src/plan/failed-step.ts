/** What is known of a program that ended with an error inside a build. */
export type FailedExec = { cmd: readonly string[]; exitCode: number; stdout: string; stderr: string };

/** Lines of a tool's output that an error shows: enough for apt's or mksquashfs's own complaint. */
const LAST_LINES = 15;

/** The error of a failed step, for people: the node, the step, how it ended, and the last lines that the tool said. */
export function failedStep(node: string, exec: FailedExec): string {
  const lines = lastLines(exec.stderr).length > 0 ? lastLines(exec.stderr) : lastLines(exec.stdout);
  return [
    `${node}: the step "${stepTitle(exec.cmd)}" failed with exit code ${exec.exitCode}${meaning(exec)}`,
    ...(lines.length > 0 ? ["The last lines it wrote:", ...lines.map((line) => `  ${line}`)] : ["It wrote nothing."]),
  ].join("\n");
}

/** Each step is run as `step.sh TITLE PROGRAM…`; other programs are named as they are. */
function stepTitle(cmd: readonly string[]): string {
  return cmd[0]?.endsWith("/step.sh") || cmd[0]?.endsWith("/titled.sh") ? (cmd[1] ?? "") : cmd.slice(0, 4).join(" ");
}

function lastLines(text: string): string[] {
  const esc = String.fromCharCode(27);
  return text
    .replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, "g"), "")
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .slice(-LAST_LINES);
}

function meaning({ exitCode, stderr, stdout }: FailedExec): string {
  if (/no space left on device/i.test(stderr + stdout)) return ": the disk is full";
  if (exitCode === 137) return ": killed, probably for want of memory";
  return "";
}
