/** The forms a list of problems can take. */
export enum ReportFormat {
  /** For people: each problem with the line it stands on. */
  Text = "TEXT",
  /** For programs; docs/problems.md documents the shape. */
  Json = "JSON",
  /** SARIF 2.1.0, for GitHub's code scanning. */
  Sarif = "SARIF",
}
