import type { Directory, File } from "@dagger.io/dagger";
import { nodesTable } from "../node/table.js";
import type { TableFormat } from "../node/table-format.js";
import { checkWorkspace } from "./check.js";
import { readDirectory } from "./read-directory.js";
import { passOrThrow, report } from "./report.js";
import type { ReportFormat } from "./report-format.js";

/** The report, or an error that holds it where there is an error in it. */
export async function runCheck(nodes: Directory, sources: File): Promise<string> {
  const workspace = await readDirectory(nodes, sources);
  return passOrThrow(checkWorkspace(workspace).problems, workspace);
}

/** The problems in a form; never fails because of them. */
export async function listProblems(nodes: Directory, sources: File, format: ReportFormat): Promise<string> {
  const workspace = await readDirectory(nodes, sources);
  return report(format, checkWorkspace(workspace).problems, workspace);
}

/** The table of nodes in a form. */
export async function listNodes(nodes: Directory, sources: File, format: TableFormat): Promise<string> {
  return nodesTable(checkWorkspace(await readDirectory(nodes, sources)), format);
}
