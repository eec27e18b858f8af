/** One assertion as role-check reported it. */
export type Result = {
  number: number;
  name: string;
  holds: boolean;
  /** Why it could not be shown in this machine (SKIP in TAP). It does not hold then, and did not fail either. */
  skipped?: string;
  /** Seconds since boot when it was last tried. */
  seconds?: number;
  /** The time it had, in seconds, before scaling. */
  within?: number;
  attempts?: number;
  /** Of the last attempt; 124 where its time was over. Only where it does not hold. */
  exitCode?: number;
  command?: string;
  output?: string;
};

/** What role-check told the host. */
export type Proof = {
  /** How many results were announced. */
  plan?: number;
  results: Result[];
  /** Repeated keys add up. */
  facts: ReadonlyMap<string, readonly string[]>;
  files: ReadonlyMap<string, string>;
  /** Verdicts as they fell, with their time. */
  progress: string[];
  bailOut?: string;
  /** role-check's exit code; absent where it did not come to its end. */
  exitCode?: number;
};

/** Reads what came over the port: TAP version 14 and, in comments, facts and files. Never throws: a part that is cut off is absent. */
export function parseProof(text: string): Proof {
  const facts = new Map<string, string[]>();
  const files = new Map<string, string>();
  const proof: Proof = { results: [], facts, files, progress: [] };
  let file: { name: string; lines: string[] } | undefined;
  let details: string[] | undefined;
  for (const line of text.split("\n")) {
    if (file) {
      if (line.startsWith("#| ") || line === "#|") file.lines.push(line.slice(3));
      else if (line === "#end") {
        files.set(file.name, `${file.lines.join("\n")}\n`);
        file = undefined;
      }
      continue;
    }
    if (details) {
      const last = proof.results.at(-1);
      if (line !== "  ...") details.push(line);
      else {
        if (last) Object.assign(last, parseDetails(details));
        details = undefined;
      }
      continue;
    }
    const [, word, rest] = /^#(fact|file|done) (.*)$/.exec(line) ?? [];
    const result = /^(ok|not ok) (\d+) - (.*)$/.exec(line);
    if (word === "fact" && rest !== undefined) {
      const [key = "", ...value] = rest.split(" ");
      facts.set(key, [...(facts.get(key) ?? []), value.join(" ")]);
    } else if (word === "file" && rest) file = { name: rest, lines: [] };
    else if (word === "done") proof.exitCode = Number(rest);
    else if (result) proof.results.push(resultOf(result[1] === "ok", Number(result[2]), result[3] ?? ""));
    else if (/^1\.\.\d+$/.test(line)) proof.plan = Number(line.slice(3));
    else if (line === "  ---") details = [];
    else if (line.startsWith("Bail out!")) proof.bailOut = line.slice("Bail out!".length).trim();
    else if (line.startsWith("# ")) proof.progress.push(line.slice(2));
  }
  return proof;
}

/** A name has no #: what follows one is TAP's directive. */
function resultOf(ok: boolean, number: number, text: string): Result {
  const [name = "", reason] = text.split(/ # SKIP ?/);
  if (reason === undefined) return { number, name, holds: ok };
  return { number, name, holds: false, skipped: reason.trim() || "no reason was given" };
}

/** What a proof does not show because its machine could not: an assertion each, with the reason. */
export function skippedIn({ results }: Pick<Proof, "results">): { name: string; reason: string }[] {
  return results.flatMap(({ name, skipped }) => (skipped === undefined ? [] : [{ name, reason: skipped }]));
}

/** The lines of TAP alone, as the file role.tap holds them. */
export function tapOnly(text: string): string {
  const lines = text.split("\n");
  return lines.filter((line) => !/^#(fact |file |done |\||end$)/.test(line)).join("\n");
}

function parseDetails(lines: string[]): Partial<Result> {
  const found: Partial<Result> = {};
  let block: string[] | undefined;
  const blocks: { [name: string]: string[] } = {};
  for (const line of lines) {
    const [, key = "", value = ""] = /^ {2}([a-z]+): (.*)$/.exec(line) ?? [];
    if (block && line.startsWith("    ")) block.push(line.slice(4));
    else if (/^\|\d?$/.test(value)) {
      block = [];
      blocks[key] = block;
    } else if (key === "seconds" || key === "within" || key === "attempts") found[key] = Number(value);
    else if (key === "exit") found.exitCode = Number(value);
  }
  if (blocks.command) found.command = blocks.command.join("\n");
  if (blocks.output) found.output = blocks.output.join("\n");
  return found;
}
