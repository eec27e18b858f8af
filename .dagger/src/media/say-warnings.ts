/** Says warnings where a call runs, a line each: what it returns is a file or a folder, in which nobody would look for them. */
export function sayWarnings(lines: readonly string[]): void {
  for (const line of lines) console.error(`warning: ${line}`);
}
