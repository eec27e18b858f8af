/** The forms a comparison can take. */
export enum NotesFormat {
  /** For people on a terminal. */
  Text = "TEXT",
  /** For programs, complete. */
  Json = "JSON",
  /** For release notes. */
  Markdown = "MARKDOWN",
}
