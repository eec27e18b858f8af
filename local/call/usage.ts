/** A mistake on the command line: the message says what was found and what would have been right. */
export class UsageError extends Error {
  override name = "UsageError";
  /** The functions up to the mistake, for the hint that names the right --help. */
  readonly path: string[];

  constructor(message: string, path: string[] = []) {
    super(message);
    this.path = path;
  }
}

/** Anything else that ends a call with one sentence and no stack trace: no engine, no CLI, an unreadable module. */
export class CallError extends Error {
  override name = "CallError";
}
