import type { Proof, Result } from "../proof.js";

/**
 * What of an assertion's output tells that it held on a simulated device: lines with the name of one that was put into this
 * machine (a fact `simulated` begins with it, up to a comma), and lines in which the program says "simulated" itself.
 */
export function simulatedIn({ output }: Pick<Result, "output">, { facts }: Pick<Proof, "facts">): string[] {
  const named = (facts.get("simulated") ?? []).map((device) => device.split(",")[0] ?? "").filter(Boolean);
  const lines = output?.split("\n").map((line) => line.trim().replace(/\s+/g, " ")) ?? [];
  return lines.filter((line) => /\bsimulated\b/i.test(line) || named.some((name) => line.includes(name)));
}
