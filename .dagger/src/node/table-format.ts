/** The forms the table of nodes can take. */
export enum TableFormat {
  /** Aligned columns, for people. */
  Text = "TEXT",
  /** For programs; docs/problems.md documents the shape. */
  Json = "JSON",
}
