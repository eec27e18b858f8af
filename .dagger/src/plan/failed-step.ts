/** What is known of a program that ended with an error inside a build. */
export type FailedExec = { cmd: readonly string[]; exitCode: number; stdout: string; stderr: string };

/** Lines of each stream of a tool that an error shows: enough for mksquashfs's or syft's own complaint. */
const LAST_LINES = 15;

/**
 * Complaints that an error shows where they are not among the last lines: the first ones, which tell the cause (an archive
 * that cannot be reached), and the last ones (each package that is then not found).
 */
const COMPLAINTS = { first: 6, last: 4 };

/** Characters of a line: kairos-init names 300 packages in one, with what went wrong at its end. */
const LINE = { head: 200, tail: 100 };

/**
 * How the programs inside a tool complain: apt, dpkg, dracut, and the logs of Kairos' own (zerolog's levels). A tool that
 * goes on after the first error says much before it ends.
 */
const COMPLAINT =
  /^(E: |W: |Err:|dpkg: error|dracut\[[EF]\]|dracut: (FAILED|ERROR)|dracut-install: ERROR|\S+ (ERR|FTL|PNC) )/;

/** The step that a node's own packages are installed by. */
export const PACKAGES_STEP = "the node's packages";

/** The programs that say no title themselves, by their path. */
const TITLES: Readonly<Record<string, string>> = { "/syft": "the SBOM: what syft finds" };

/** The error of a failed step, for people: the node, the step, how it ended, and what the tool said of it. */
export function failedStep(node: string, exec: FailedExec): string {
  const [out, err] = [linesOf(exec.stdout), withoutUsage(linesOf(exec.stderr))];
  const last = [...out.slice(-LAST_LINES), ...err.slice(-LAST_LINES)];
  const shown = new Set(last);
  const complaints = [...new Set([...out, ...err].filter((line) => COMPLAINT.test(line) && !shown.has(line)))];
  return [
    `${node}: the step "${stepTitle(exec.cmd)}" failed with exit code ${exec.exitCode}${meaning(exec)}`,
    ...listed("What it complained of:", firstAndLast(complaints)),
    ...(last.length > 0 ? listed("The last lines it wrote:", last) : ["It wrote nothing."]),
  ].join("\n");
}

/** Each step is run as `step.sh TITLE PROGRAM…`; other programs are named as they are. */
function stepTitle(cmd: readonly string[]): string {
  const [program = "", title = ""] = cmd;
  if (program.endsWith("/step.sh") || program.endsWith("/titled.sh")) return title;
  return TITLES[program] ?? cmd.slice(0, 4).join(" ");
}

const listed = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? [title, ...lines.map((line) => `  ${shortened(line)}`)] : [];

function firstAndLast(lines: readonly string[]): readonly string[] {
  const { first, last } = COMPLAINTS;
  return lines.length <= first + last ? lines : [...lines.slice(0, first), "…", ...lines.slice(-last)];
}

function linesOf(text: string): string[] {
  const esc = String.fromCharCode(27);
  return text
    .replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, "g"), "")
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter(Boolean);
}

/** What Go's cobra says after an error is how the program is used, and nothing of what went wrong. */
function withoutUsage(lines: readonly string[]): readonly string[] {
  const error = lines.findIndex((line) => line.startsWith("Error: "));
  const usage = error === -1 ? -1 : lines.indexOf("Usage:", error);
  return usage === -1 ? lines : lines.slice(0, usage);
}

function shortened(line: string): string {
  const { head, tail } = LINE;
  return line.length <= head + tail ? line : `${line.slice(0, head)} … ${line.slice(-tail)}`;
}

function meaning({ cmd, exitCode, stderr, stdout }: FailedExec): string {
  if (/no space left on device/i.test(stderr + stdout)) return ": the disk is full";
  // A program that is emulated and crashes: QEMU's word, or what dpkg says of a child that SIGSEGV ended.
  if (/qemu: uncaught target signal|exit status 139|Segmentation fault/.test(stderr + stdout) || exitCode === 139)
    return ': a program crashed; where it is emulated, see docs/build.md, "Another architecture"';
  if ((stderr + stdout).includes("Packages need to be removed but remove is disabled"))
    return `: one of these packages takes the place of one that is there and has to stay${ofNode(cmd)}`;
  if (exitCode === 137) return ": killed, probably for want of memory";
  return "";
}

/** The packages of a boot proof's emulator are no node's. */
const ofNode = (cmd: readonly string[]) => (stepTitle(cmd) === PACKAGES_STEP ? ', see docs/nodes.md, "packages"' : "");
