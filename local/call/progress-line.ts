const widest = 200;

/**
 * What a person wants to see of the CLI's plain progress: what is run, what it prints, how long it took, and what went
 * wrong. The rest (each object made, each request, whole files as arguments) is noise. Undefined: leave the line out.
 */
export function shownLine(line: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const bare = line.replace(/\u001b\[[0-9;]*m/g, "");
  const text = /^\d+ +: (?:┆ )*(.*)$/.exec(bare)?.[1] ?? bare;
  const isOutput = /^\[\d[^\]]*\] \|/.test(text);
  const isStep = /^(withExec |Container\.(withExec|from) DONE|.*\bERROR\b)/.test(text);
  const isNote = bare === text && text.trim() !== "";
  if (!isOutput && !isStep && !isNote) return undefined;
  if (/^\[\d[^\]]*\] \| (cloud url=|.* INF connected )/.test(text)) return undefined;
  return text.length > widest ? `${text.slice(0, widest)}…` : text;
}

/** Cuts a stream into lines and passes on what is shown of each. */
export class ProgressLines {
  private rest = "";

  /** The lines that a piece of the stream completes. */
  take(piece: string): string {
    const lines = (this.rest + piece).split("\n");
    this.rest = lines.pop() ?? "";
    return lines
      .map(shownLine)
      .filter((line) => line !== undefined)
      .map((line) => `${line}\n`)
      .join("");
  }
}
