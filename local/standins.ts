// Prints the arguments of local/mirror/up that a call needs, or `nothing`: `standins.ts --all | FUNCTION [FLAGS…]`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { standInArguments } from "./standins/arguments";

const root = join(import.meta.dir, "..");
const read = (...path: string[]) => parse(readFileSync(join(root, ...path), "utf8"));
try {
  const nodes = readdirSync(join(root, "nodes")).map((name) => read("nodes", name, "node.yaml"));
  console.log(standInArguments(process.argv.slice(2), nodes, read("sources.yaml").sources)?.join(" ") ?? "nothing");
} catch {
  // a file that cannot be read: the function called will say so, with its place; all stand-ins are enough for that
}
