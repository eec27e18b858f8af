import type { Facts } from "../media/facts.js";
import type { Recipe, UsedSource } from "../plan/recipe.js";

/**
 * Every outside thing that went into a build: those that the recipe names, and the apt snapshot of the distribution that
 * the image turned out to be. A snapshot has no digest: the moment in its address pins it.
 */
export function usedSources(recipe: Pick<Recipe, "used" | "head">, facts: Facts): UsedSource[] {
  const distribution = facts.get("distribution")?.[0];
  const snapshots = recipe.head.snapshots
    .filter((snapshot) => snapshot.distribution === distribution)
    .map(({ source, url }) => ({ name: source, address: url, digest: null, standin: false }));
  return [...recipe.used, ...snapshots].sort((a, b) => (a.name < b.name ? -1 : 1));
}
