import { argument, Container, Directory, File, func, object } from "@dagger.io/dagger";
import { base } from "./image/base.js";
import { explained } from "./image/explain.js";
import { image } from "./image/image.js";
import { readRecipe } from "./image/read-recipe.js";

/** Bakes each machine's role into an immutable, self-configuring OS image. */
@object()
export class Hegemonikon {
  private readonly nodesDir: Directory;
  private readonly sourcesFile: File;

  /**
   * @param nodes The folder with one folder a node.
   * @param sources Every outside thing that a build uses; a mirror or an air-gapped lab gives its own.
   */
  constructor(
    @argument({ defaultPath: "/nodes" }) nodes: Directory,
    @argument({ defaultPath: "/sources.yaml" }) sources: File,
  ) {
    this.nodesDir = nodes;
    this.sourcesFile = sources;
  }

  /** The pinned list of outside things that builds use. */
  @func()
  sources(): File {
    return this.sourcesFile;
  }

  /**
   * The pinned base image of a node, for its architecture, with apt prepared.
   *
   * Example: dagger call base --node=noos terminal
   * @param node The node's name, a folder in nodes/.
   */
  @func()
  async base(node: string): Promise<Container> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version: "v0.0.0-dev", revision: "" });
    return explained(node, () => base(recipe.head).sync());
  }

  /**
   * The finished image of a node: what its machine runs, and what it upgrades to.
   *
   * Example: dagger call image --node=noos --version=v1.2.3 export --path=noos.oci.tar
   * @param node The node's name, a folder in nodes/.
   * @param version The node's version, a semantic version; the machine shows it and compares it at an upgrade.
   */
  @func()
  async image(node: string, version: string = "v0.0.0-dev"): Promise<Container> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "" });
    return explained(node, () => image(recipe, this.nodesDir.directory(node)).sync());
  }
}
