import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Outcome } from "./chain.js";
import type { Globals } from "./flags.js";
import { CallError } from "./usage.js";

/** A text or number alone; each element of a list on a line; an object's values in their order. */
export function plain(data: unknown): string {
  if (Array.isArray(data)) return data.map((one) => `${plain(one)}\n`).join("");
  if (typeof data === "object" && data !== null) return Object.values(data).map(plain).join("");
  return data === null || data === undefined ? "" : String(data);
}

/** `Directory@xxh3:…`: the type and a short digest of the id. */
export function shortId(type: string, id: string): string {
  const digest = Bun.hash.xxHash3(`${id}\0`).toString(16).padStart(16, "0");
  return `${type}@xxh3:${digest}\n`;
}

/** What goes to standard output. */
export function rendered(outcome: Outcome, json: boolean): string {
  switch (outcome.kind) {
    case "void":
    case "saved":
      return "";
    case "objects":
      return outcome.ids.map((id) => `${outcome.list ? "- " : ""}${shortId(outcome.type, id)}`).join("");
    case "data":
      return json ? `${JSON.stringify(outcome.data ?? null, null, 4)}\n` : plain(outcome.data);
  }
}

/** Prints a result as the Dagger CLI does: results to stdout, notes about files to stderr. */
export function print(outcome: Outcome, globals: Globals): void {
  if (outcome.kind === "saved") {
    process.stderr.write(`Saved to ${JSON.stringify(outcome.path)}.\n`);
    return;
  }
  if (outcome.kind === "void") return;
  const text = rendered(outcome, globals.json);
  if (globals.output !== undefined && outcome.kind === "data") {
    const path = resolve(globals.output);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      throw new CallError(`couldn't write output to file: ${(error as Error).message}`);
    }
    process.stderr.write(`Saved output to ${JSON.stringify(path)}.\n`);
  }
  process.stdout.write(process.stdout.isTTY && !text.endsWith("\n") ? `${text}\n` : text);
}
