import type { Sources } from "../sources/sources.js";
import type { Node } from "./node.js";
import { TableFormat } from "./table-format.js";

/** One node as the table shows it. */
export type NodeRow = Pick<Node, "name" | "role" | "machine" | "status" | "arch" | "model" | "base" | "medium"> & {
  /** `k0s v1.34.10+k0s.0`; absent where there is no Kubernetes. */
  kubernetes?: string;
};

/** What `checkWorkspace` says of the nodes, as far as the table needs it. */
export type TableInput = { nodes: ReadonlyMap<string, Node>; broken: readonly string[]; sources?: Sources };

/**
 * What the nodes are, by name: aligned text for people, or JSON (docs/problems.md documents the shape). Nodes with
 * errors are named, not shown.
 */
export function nodesTable({ nodes, broken, sources }: TableInput, format: TableFormat): string {
  const rows = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map((node) => rowOf(node, sources));
  switch (format) {
    case TableFormat.Text:
      return textTable(rows, broken);
    case TableFormat.Json:
      return `${JSON.stringify({ version: 1, nodes: rows, broken }, null, 2)}\n`;
  }
}

function rowOf(node: Node, sources: Sources | undefined): NodeRow {
  const { name, role, machine, status, arch, model, base, medium, kubernetes } = node;
  const source = kubernetes && sources?.sources[kubernetes.source];
  return {
    name,
    role,
    machine,
    status,
    arch,
    model,
    base,
    medium,
    ...(kubernetes ? { kubernetes: [kubernetes.distribution, source?.version].filter(Boolean).join(" ") } : {}),
  };
}

const COLUMNS = ["name", "status", "arch", "model", "base", "medium", "kubernetes", "machine", "role"] as const;

function textTable(rows: readonly NodeRow[], broken: readonly string[]): string {
  const note = broken.length === 0 ? "" : `\nNot shown, as check finds errors in them: ${broken.join(", ")}\n`;
  if (rows.length === 0) return `No node without errors\n${note}`;
  const cells = [
    COLUMNS.map((column) => column.toUpperCase()),
    ...rows.map((row) => COLUMNS.map((c) => row[c] ?? "-")),
  ];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return `${cells.map(line).join("\n")}\n${note}`;
}
