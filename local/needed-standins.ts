// Prints the arguments of local/mirror/up that a call needs, or `nothing`: `needed-standins.ts --all | FUNCTION [FLAGS…]`.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Node } from "../.dagger/src/node/node.js";
import type { Source } from "../.dagger/src/sources/sources.js";
import { machine, standInFor, standIns } from "./mirror/src/standins";

type NeedsOfNode = Pick<Node, "name" | "arch" | "base"> &
  Partial<Pick<Node, "kubernetes" | "binaries" | "containers" | "trees">>;

/** Stand-ins that take minutes to compile, and the functions that run them; a test reads the module's code for them. */
const publishing: Readonly<Record<string, readonly string[]>> = {
  cosign: ["publish", "verify", "release", "promote"],
  oras: ["publish", "verify", "release", "plan", "promote"],
};

/** The entries of sources.yaml that a node names: its base, and what its role brings along. */
function sourcesOf(node: NeedsOfNode): string[] {
  const role = [node.kubernetes, ...(node.binaries ?? []), ...(node.containers ?? []), ...(node.trees ?? [])];
  return [node.base, ...role.flatMap((part) => (part ? [part.source] : []))];
}

/**
 * The stand-ins that a call pulls, as arguments of local/mirror/up (none: all of them; undefined: the call pulls nothing). A first `base` waits neither for
 * Kairos nor for another architecture, a build not for the tools that publish it.
 */
export function standInArguments(
  args: readonly string[],
  nodes: readonly NeedsOfNode[],
  sources: Readonly<Record<string, Source>>,
): string[] | undefined {
  if (args.includes("--all") || args.includes("release")) return [];
  if (args.includes("promote")) return ["cosign", "oras", `--arch=${machine}`]; // it builds nothing
  if (args.includes("lock")) return ["ubuntu", "--arch=amd64"]; // it asks for what there is
  const at = args.findIndex((arg) => arg === "--node" || arg.startsWith("--node="));
  const name = at < 0 ? undefined : (args[at]?.split("=")[1] ?? args[at + 1]);
  const node = nodes.find((candidate) => candidate.name === name);
  if (!node) return undefined; // or there is no such node, and the function will say so
  if (args.includes("base")) return ["ubuntu", `--arch=${node.arch}`];
  const nameOf = (source: string) => sources[source] && standInFor(sources[source])?.name;
  const own = new Set(sourcesOf(node).map(nameOf));
  const ofOthers = nodes
    .flatMap(sourcesOf)
    .map(nameOf)
    .filter((other) => !own.has(other));
  const tools = Object.entries(publishing).filter(([, functions]) => !args.some((arg) => functions.includes(arg)));
  const left = new Set([...ofOthers, ...tools.map(([tool]) => tool)]);
  // tools run on the machine that builds, whatever it builds for
  const archs = [...new Set(["amd64", node.arch])].join(",");
  return [...standIns.map((it) => it.name).filter((it) => !left.has(it)), `--arch=${archs}`];
}

function main(): void {
  const root = join(import.meta.dir, "..");
  const read = (...path: string[]) => parse(readFileSync(join(root, ...path), "utf8"));
  try {
    const nodes = readdirSync(join(root, "nodes")).map((name) => read("nodes", name, "node.yaml"));
    console.log(standInArguments(process.argv.slice(2), nodes, read("sources.yaml").sources)?.join(" ") ?? "nothing");
  } catch {
    // a file that cannot be read: the function called will say so, with its place; all stand-ins are enough for that
  }
}

if (import.meta.main) main();
