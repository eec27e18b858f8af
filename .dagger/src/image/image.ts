import type { Container, Directory } from "@dagger.io/dagger";
import type { Recipe } from "../plan/recipe.js";
import { head } from "./kairos.js";
import { withRole } from "./role.js";

/** A node's image: its head, its role, and the labels that say what it is. */
export function image(recipe: Recipe, nodeDir: Directory): Container {
  const labelled = withRole(head(recipe.head), recipe, nodeDir)
    .withLabel("org.opencontainers.image.title", recipe.node.name)
    .withLabel("org.opencontainers.image.description", recipe.node.role)
    .withLabel("org.opencontainers.image.version", recipe.version);
  return recipe.revision ? labelled.withLabel("org.opencontainers.image.revision", recipe.revision) : labelled;
}
