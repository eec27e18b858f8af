import { randomUUID } from "node:crypto";
import { dag, type File, type Secret } from "@dagger.io/dagger";
import { firstLine, HegemonikonError } from "../errors.js";
import type { Recipe } from "../plan/recipe.js";
import { bakedIn } from "../plan/role.js";
import { type OfNode, personalProblems } from "./personal-config.js";
import { sayWarnings } from "./say-warnings.js";
import { TOOLS, tool } from "./tool.js";

/** Where the owner's cloud-config stands in the tool's container: mounted, so that no layer holds it. */
const CONFIG = "/run/personal.yaml";

/**
 * Reads the owner's cloud-config once. Throws a HegemonikonError where a machine would not take it, or its owner not get into the
 * machine; never shows what is in it. What may be meant is said and let pass.
 */
export async function checkPersonal(config: Secret, recipe: Pick<Recipe, "node" | "role">): Promise<void> {
  const { errors, warnings } = personalProblems(await textOf(config), ofNode(recipe));
  sayWarnings(warnings);
  if (errors.length === 0) return;
  throw new HegemonikonError(
    [
      "--config is no cloud-config to put on a medium:",
      ...errors.map((problem) => `  ${problem}`),
      "What stands there may be secret and is not shown. docs/personal.md, cloud-config.md and problems.md explain the rules.",
    ].join("\n"),
  );
}

function ofNode({ node, role }: Pick<Recipe, "node" | "role">): OfNode {
  return { medium: node.medium, install: node.install, cloudConfig: bakedIn(node.name, role) };
}

async function textOf(config: Secret): Promise<string> {
  try {
    return await config.plaintext();
  } catch (error) {
    throw new HegemonikonError(`--config: it cannot be read (${firstLine(error)}), expected file://PATH or env://NAME`);
  }
}

/**
 * A finished medium with its owner's cloud-config besides, under a name of its own. The medium itself is what it was: what is
 * published cannot hold the file.
 * An engine knows a secret that another program made (setSecret) by its name alone, and would hand one person's medium to the
 * next: so nothing of this step is ever taken from its cache.
 */
export function personal(recipe: Recipe, medium: File, config: Secret): File {
  const name = `personal-${recipe.artefacts.medium}`;
  const script = name.endsWith(".iso") ? "personal-iso.sh" : "personal-raw.sh";
  const made = tool(recipe.auroraboot)
    .withMountedFile("/medium", medium)
    .withMountedSecret(CONFIG, config)
    .withEnvVariable("HEGEMONIKON_CALL", randomUUID())
    .withExec([
      `${TOOLS}/titled.sh`,
      "the owner's cloud-config",
      `${TOOLS}/${script}`,
      "/medium",
      CONFIG,
      `/out/${name}`,
    ])
    .file(`/out/${name}`);
  // For its owner alone, also where it is exported to.
  return dag.directory().withFile(name, made, { permissions: 0o600 }).file(name);
}
