import { argument, Container, check, Directory, File, func, GitRepository, object } from "@dagger.io/dagger";
import { ReportFormat } from "./check/report-format.js";
import { listNodes, listProblems, runCheck } from "./check/run.js";
import { base } from "./image/base.js";
import { explained } from "./image/explain.js";
import { image } from "./image/image.js";
import { readRecipe } from "./image/read-recipe.js";
import { build, inspected, medium } from "./media/build.js";
import { TableFormat } from "./node/table-format.js";
import { affectedNodes } from "./publish/affected-nodes.js";

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
   * What the nodes are: a table, from their files.
   *
   * Example: dagger call nodes --format=json
   * @param format A table for people, or JSON.
   */
  @func()
  async nodes(format: TableFormat = TableFormat.Text): Promise<string> {
    return listNodes(this.nodesDir, this.sourcesFile, format);
  }

  /** Finds every mistake in the nodes, their cloud-configs and sources.yaml at once; fails where there is an error. */
  @func()
  @check()
  async check(): Promise<string> {
    return runCheck(this.nodesDir, this.sourcesFile);
  }

  /**
   * What check finds, as data; never fails because of it.
   *
   * Example: dagger call problems --format=sarif > problems.sarif
   * @param format For people, as JSON, or as SARIF 2.1.0, which GitHub shows beside a pull request's lines.
   */
  @func()
  async problems(format: ReportFormat = ReportFormat.Text): Promise<string> {
    return listProblems(this.nodesDir, this.sourcesFile, format);
  }

  /**
   * The nodes that the changes since a revision touch, and why: which file or source, through which step of the build.
   *
   * Example: dagger call affected --since=main
   * @param since A branch, a tag or a full commit id; what is not committed counts as changed, too.
   * @param format Text for people, JSON for a matrix of GitHub Actions.
   * @param repository The git repository.
   */
  @func({ cache: "never" })
  async affected(
    since: string,
    format: TableFormat = TableFormat.Text,
    @argument({ defaultPath: "/" }) repository: GitRepository,
  ): Promise<string> {
    return affectedNodes(repository, since, format === TableFormat.Json);
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

  /**
   * The bootable ISO of a node, from the same root file system as its image: boots live, and installs.
   *
   * Example: dagger call iso --node=noos export --path=noos.iso
   * @param node The node's name, a folder in nodes/; one whose medium is an ISO.
   * @param version The node's version, a semantic version.
   */
  @func()
  async iso(node: string, version: string = "v0.0.0-dev"): Promise<File> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "", medium: "iso" });
    return explained(node, async () => {
      const seen = await inspected(recipe, image(recipe, this.nodesDir.directory(node)));
      return (await medium(recipe, seen)).file;
    });
  }

  /**
   * The RAW disk of a node, compressed with zstd, from the same root file system as its image: to be written to a card.
   *
   * Example: dagger call raw --node=thuroros export --path=thuroros.raw.zst
   * @param node The node's name, a folder in nodes/; one whose medium is a RAW disk.
   * @param version The node's version, a semantic version.
   */
  @func()
  async raw(node: string, version: string = "v0.0.0-dev"): Promise<File> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "", medium: "raw" });
    return explained(node, async () => {
      const seen = await inspected(recipe, image(recipe, this.nodesDir.directory(node)));
      return (await medium(recipe, seen)).file;
    });
  }

  /**
   * Everything that a node's build gives: the image as an OCI archive, the medium, SHA256SUMS, the SBOM and manifest.json.
   *
   * Example: dagger call build --node=noos --version=v1.2.3 export --path=dist/noos
   * @param node The node's name, a folder in nodes/.
   * @param version The node's version, a semantic version.
   * @param revision The git commit of the files, for the manifest and the image's label.
   */
  @func()
  async build(node: string, version: string = "v0.0.0-dev", revision: string = ""): Promise<Directory> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision });
    return explained(node, () => build(recipe, image(recipe, this.nodesDir.directory(node))));
  }
}
