import { argument, Directory, File, func, object } from "@dagger.io/dagger";

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
}
