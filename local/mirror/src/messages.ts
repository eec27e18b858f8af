/** One line for the person, on stderr: stdout is for data. */
export function say(line: string): void {
  process.stderr.write(`local/mirror: ${line}\n`);
}

/** Ends the program with a message instead of a stack trace. */
export function fail(message: string): never {
  say(`error: ${message}`);
  process.exit(1);
}
