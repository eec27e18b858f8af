import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkWorkspace } from "../.dagger/src/check/check.js";
import { readWorkspace } from "../.dagger/src/check/read-folder.js";
import { report, textReport } from "../.dagger/src/check/report.js";
import { ReportFormat } from "../.dagger/src/check/report-format.js";
import { SOURCES_FILE } from "../.dagger/src/check/workspace.js";
import { HegemonikonError } from "../.dagger/src/errors.js";
import { nodesTable } from "../.dagger/src/node/table.js";
import { TableFormat } from "../.dagger/src/node/table-format.js";

// The module's functions that only read files, without an engine: bun local/check.ts check|problems|nodes [flags].

const HELP = `Reads nodes/ and sources.yaml; needs no engine and no network.

  hegemonikon check                              every mistake; exit code 1 where there is an error
  hegemonikon problems --format=text|json|sarif  the same as data; exit code 0
  hegemonikon nodes --format=text|json           what the nodes are

Flags: --nodes=FOLDER and --sources=FILE read other ones than the repository's.
`;

/** Exit codes: 0 fine, 1 mistakes in the files, 2 a mistake in the call. */
function main(args: string[]): number {
  const root = join(import.meta.dir, "..");
  const { values, positionals } = parse(args);
  const [name = "check", ...rest] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (rest.length > 0) throw new HegemonikonError(`unexpected argument ${JSON.stringify(rest[0])}\n\n${HELP}`);
  const { nodes = join(root, "nodes"), sources = join(root, SOURCES_FILE) } = values;
  if (!isFolder(nodes))
    throw new HegemonikonError(`--nodes: found no folder ${nodes}, expected one with a folder a node`);
  const workspace = readWorkspace(nodes, sources, values.sources ?? SOURCES_FILE);
  const result = checkWorkspace(workspace);
  const { problems } = result;
  switch (name) {
    case "check":
      process.stdout.write(textReport(problems, workspace, { color: wantsColor() }));
      return problems.some((problem) => problem.severity === "error") ? 1 : 0;
    case "problems":
      process.stdout.write(report(formatOf(ReportFormat, values.format), problems, workspace));
      return 0;
    case "nodes":
      process.stdout.write(nodesTable(result, formatOf(TableFormat, values.format)));
      return 0;
    default:
      throw new HegemonikonError(`unknown function ${JSON.stringify(name)}\n\n${HELP}`);
  }
}

/** False also where it may not be looked for. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The form that a word names, whatever the case of its letters. */
function formatOf<T extends string>(forms: { [name: string]: T }, word = "text"): T {
  const known = Object.values(forms);
  const form = known.find((one) => one.toLowerCase() === word.toLowerCase());
  if (form) return form;
  const words = known.map((one) => one.toLowerCase()).join(", ");
  throw new HegemonikonError(`unknown format ${JSON.stringify(word)}; expected one of ${words}`);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        format: { type: "string" },
        nodes: { type: "string" },
        sources: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new HegemonikonError(`${(error as Error).message}\n\n${HELP}`);
  }
}

/** https://no-color.org: colours for people at a terminal only. */
function wantsColor(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof HegemonikonError)) throw error;
  process.stderr.write(`${error.message.trimEnd()}\n`);
  process.exitCode = 2;
}
