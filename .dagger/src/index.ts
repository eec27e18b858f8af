import { argument, Container, check, Directory, File, func, GitRepository, object, Secret } from "@dagger.io/dagger";
import "./long-requests.js";
import { boot } from "./boot/boot.js";
import { BootFirmware } from "./boot/firmware.js";
import { BootRoute } from "./boot/route.js";
import { UpgradeFault } from "./boot/upgrade/fault.js";
import { upgradeTest } from "./boot/upgrade/upgrade-test.js";
import { ReportFormat } from "./check/report-format.js";
import { listNodes, listProblems, runCheck } from "./check/run.js";
import { base } from "./image/base.js";
import { explained } from "./image/explain.js";
import { image } from "./image/image.js";
import { readRecipe } from "./image/read-recipe.js";
import { build, mediumAlone } from "./media/build.js";
import { TableFormat } from "./node/table-format.js";
import { GITHUB_ISSUER } from "./plan/release-identity.js";
import { DEV_VERSION } from "./plan/version.js";
import { affectedNodes } from "./publish/affected-nodes.js";
import { diffNode, formatted, planNode } from "./publish/compare.js";
import { NotesFormat } from "./publish/notes-format.js";
import { readProject } from "./publish/project.js";
import { promoteNodes } from "./publish/promote.js";
import { publishNode } from "./publish/publish-node.js";
import { releaseNodes } from "./publish/release-nodes.js";
import { verifyNode } from "./publish/verify-node.js";
import { lock } from "./sources/lock.js";

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

  /**
   * The pinned list of outside things that builds use.
   *
   * Example: dagger call sources contents
   */
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

  /**
   * Finds every mistake in nodes, cloud-configs and sources.yaml at once; fails where one is an error.
   *
   * Example: dagger call check
   */
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
   * The nodes that the changes since a revision touch, and why: which file or source, by which step.
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
    return affectedNodes(repository, since, format);
  }

  /**
   * The pinned base image of a node, for its architecture, with apt prepared.
   *
   * Example: dagger call base --node=noos terminal
   * @param node The node's name, a folder in nodes/.
   */
  @func()
  async base(node: string): Promise<Container> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version: DEV_VERSION, revision: "" });
    return explained(node, () => base(recipe.head).sync());
  }

  /**
   * The finished image of a node: what its machine runs, and what it upgrades to.
   *
   * Example: dagger call image --node=noos --version=v1.2.3 -o noos.oci.tar
   * @param node The node's name, a folder in nodes/.
   * @param version The node's version, a semantic version; the machine shows it and compares it at an upgrade.
   */
  @func()
  async image(node: string, version: string = DEV_VERSION): Promise<Container> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "" });
    return explained(node, () => image(recipe, this.nodesDir.directory(node)).sync());
  }

  /**
   * The bootable ISO of a node, from the root file system of its image: boots live, and installs.
   *
   * Example: dagger call iso --node=noos -o noos.iso
   * @param node The node's name, a folder in nodes/; one whose medium is an ISO.
   * @param version The node's version, a semantic version.
   * @param config Your own cloud-config (who may log in, and what no repository may hold), e.g. file://mine.yaml: that medium is yours alone, and
   * so is the cache of the engine that made it, which holds it until it is pruned.
   */
  @func({ cache: "never" })
  async iso(node: string, version: string = DEV_VERSION, config?: Secret): Promise<File> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "", medium: "iso" });
    return explained(node, () => mediumAlone(recipe, image(recipe, this.nodesDir.directory(node)), config));
  }

  /**
   * The RAW disk of a node, compressed with zstd, to be written to a card.
   *
   * It has the same root file system as the node's image.
   *
   * Example: dagger call raw --node=thuroros --config=file://mine.yaml -o thuroros.raw.zst
   * @param node The node's name, a folder in nodes/; one whose medium is a RAW disk.
   * @param version The node's version, a semantic version.
   * @param config Your own cloud-config (who may log in, and what no repository may hold), e.g. file://mine.yaml: that medium is yours alone, and
   * so is the cache of the engine that made it, which holds it until it is pruned.
   */
  @func({ cache: "never" })
  async raw(node: string, version: string = DEV_VERSION, config?: Secret): Promise<File> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "", medium: "raw" });
    return explained(node, () => mediumAlone(recipe, image(recipe, this.nodesDir.directory(node)), config));
  }

  /**
   * Everything that a node's build gives: image (OCI archive), medium, SHA256SUMS, SBOM, manifest.json.
   *
   * Example: dagger call build --node=noos --version=v1.2.3 -o dist/noos
   * @param node The node's name, a folder in nodes/.
   * @param version The node's version, a semantic version.
   * @param revision The git commit of the files, for the manifest and the image's label.
   */
  @func()
  async build(node: string, version: string = DEV_VERSION, revision: string = ""): Promise<Directory> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision });
    return explained(node, () => build(recipe, image(recipe, this.nodesDir.directory(node))));
  }

  /**
   * What an upgrade from a published image would change on the machine.
   *
   * Packages (fixes first), units, files, kernel, sources, sizes. Builds the image from the files here, not its medium.
   *
   * Example: dagger call plan --node=noos --against=ghcr.io/someone/hegemonikon/noos:latest
   * @param node The node's name, a folder in nodes/.
   * @param against The published image that the machine runs, HOST/PATH:TAG or HOST/PATH@sha256:….
   * @param version The version of the build here.
   * @param format Text for people, JSON for programs, Markdown for release notes.
   * @param username The name to log in with; none where everyone may read.
   * @param password The password or token for the registry, e.g. env://TOKEN.
   * @param ca The certificate authority of a registry with its own, in PEM.
   */
  @func({ cache: "never" })
  async plan(
    node: string,
    against: string,
    version: string = DEV_VERSION,
    format: NotesFormat = NotesFormat.Text,
    username: string = "",
    password?: Secret,
    ca?: File,
  ): Promise<string> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    return formatted(await planNode(work, { node, version, against, reader: { username, password, ca } }), format);
  }

  /**
   * What changed on a node since an earlier revision: the same comparison as plan, of two builds.
   *
   * Example: dagger call diff --node=noos --since=v1.2.0
   * @param node The node's name, a folder in nodes/.
   * @param since A branch, a tag or a full commit id.
   * @param version The version of both builds, so that it is no difference itself.
   * @param format Text for people, JSON for programs, Markdown for release notes.
   * @param repository The git repository.
   * @param sinceSources The sources of the earlier revision, where its own sources.yaml cannot be reached from here.
   */
  @func({ cache: "never" })
  async diff(
    node: string,
    since: string,
    version: string = DEV_VERSION,
    format: NotesFormat = NotesFormat.Text,
    @argument({ defaultPath: "/" }) repository: GitRepository,
    sinceSources?: File,
  ): Promise<string> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    return formatted(await diffNode(work, { node, version, since, repository, sinceSources }), format);
  }

  /**
   * Builds a node and publishes what was built, signed, with its SBOM and manifest attached.
   *
   * Its tags are Kairos', the version and its channels (never latest for a pre-release). The same content twice pushes
   * nothing; another content under a version that exists is refused, and so are stand-ins and sources without a digest.
   *
   * Example: dagger call publish --node=noos --version=v1.2.3 --registry=ghcr.io/someone/hegemonikon --username=someone --password=env://TOKEN --key=file://cosign.key --key-password=env://COSIGN_PASSWORD
   * @param node The node's name, a folder in nodes/.
   * @param registry Where images go: HOST[:PORT][/PATH]; the node's name is added.
   * @param username The name to log in with.
   * @param password The password or token for the registry, e.g. env://TOKEN.
   * @param version The node's version, a semantic version.
   * @param repository The git repository; its commit is written into the manifest.
   * @param key The private key of cosign; without it the two oidc arguments sign as a job of GitHub Actions.
   * @param keyPassword The private key's password.
   * @param oidcUrl ACTIONS_ID_TOKEN_REQUEST_URL of the job, e.g. env://ACTIONS_ID_TOKEN_REQUEST_URL.
   * @param oidcToken ACTIONS_ID_TOKEN_REQUEST_TOKEN of the job.
   * @param ca The certificate authority of a registry with its own, in PEM.
   * @param sourceUrl The web address of the repository, which registries link the image to.
   * @param format Text for people, JSON for programs.
   */
  @func({ cache: "never" })
  async publish(
    node: string,
    registry: string,
    username: string,
    password: Secret,
    version: string,
    @argument({ defaultPath: "/" }) repository: GitRepository,
    key?: Secret,
    keyPassword?: Secret,
    oidcUrl?: Secret,
    oidcToken?: Secret,
    ca?: File,
    sourceUrl: string = "",
    format: TableFormat = TableFormat.Text,
  ): Promise<string> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    const by = { registry, username, password, key, keyPassword, oidcUrl, oidcToken, ca, sourceUrl };
    return publishNode(work, by, { node, version, repository }, format);
  }

  /**
   * Releases nodes from a tag on HEAD: builds and boots all of them, then publishes them.
   *
   * Gives a folder a node with what people download: medium (in parts where GitHub would not take it), SBOM, manifest,
   * notes with what changed since the release before, SHA256SUMS and its signature. A working tree that is not clean is
   * refused. No image gets a name before all of them are in the registry, complete and signed.
   *
   * Example: dagger call release --tag=v1.2.3 --registry=ghcr.io/someone/hegemonikon --username=someone --password=env://TOKEN --key=file://cosign.key --key-password=env://COSIGN_PASSWORD -o release
   * @param tag The tag on HEAD, a semantic version with a leading v; one with a dash is a pre-release.
   * @param registry Where images go: HOST[:PORT][/PATH]; each node's name is added.
   * @param username The name to log in with.
   * @param password The password or token for the registry, e.g. env://TOKEN.
   * @param repository The git repository.
   * @param nodes The nodes to release; all without this flag.
   * @param boot Whether each ISO is booted and its role proven before anything is published.
   * @param key The private key of cosign; without it the two oidc arguments sign as a job of GitHub Actions.
   * @param keyPassword The private key's password.
   * @param oidcUrl ACTIONS_ID_TOKEN_REQUEST_URL of the job.
   * @param oidcToken ACTIONS_ID_TOKEN_REQUEST_TOKEN of the job.
   * @param ca The certificate authority of a registry with its own, in PEM.
   * @param sourceUrl The web address of the repository, which registries link the image to.
   * @param stage Whether images only go up by their digests and get no name: promote gives it to all at once.
   */
  @func({ cache: "never" })
  async release(
    tag: string,
    registry: string,
    username: string,
    password: Secret,
    @argument({ defaultPath: "/" }) repository: GitRepository,
    nodes?: string[],
    boot: boolean = true,
    key?: Secret,
    keyPassword?: Secret,
    oidcUrl?: Secret,
    oidcToken?: Secret,
    ca?: File,
    sourceUrl: string = "",
    stage: boolean = false,
  ): Promise<Directory> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    const by = { registry, username, password, key, keyPassword, oidcUrl, oidcToken, ca, sourceUrl };
    return releaseNodes(work, by, { tag, repository, nodes, boot, stage });
  }

  /**
   * Gives the images that release --stage pushed their names, once those of all nodes are there.
   *
   * Every version first, then the channels. Where one lacks anything, or a signature by whom it must be, none gets a name.
   * Where nodes are released by jobs of their own, this is what makes a release visible, whole or not at all.
   *
   * Example: dagger call promote --tag=v1.2.3 --release=release --registry=ghcr.io/someone/hegemonikon --username=someone --password=env://TOKEN --key=cosign.pub
   * @param tag The tag on HEAD that was released.
   * @param release The folder with a folder a node that release gave; only each image.json is read.
   * @param registry Where the images are: HOST[:PORT][/PATH].
   * @param username The name to log in with.
   * @param password The password or token for the registry, e.g. env://TOKEN.
   * @param repository The git repository.
   * @param nodes The nodes that are released; all without this flag.
   * @param key The public key of cosign, where a key signed.
   * @param ca The certificate authority of a registry with its own, in PEM.
   * @param sourceUrl The web address of the repository whose job signed, .github/workflows/release.yaml at the tag, where no key did.
   * @param format Text for people, JSON for programs.
   */
  @func({ cache: "never" })
  async promote(
    tag: string,
    @argument({ ignore: ["**", "!**/*.image.json"] }) release: Directory,
    registry: string,
    username: string,
    password: Secret,
    @argument({ defaultPath: "/" }) repository: GitRepository,
    nodes?: string[],
    key?: File,
    ca?: File,
    sourceUrl: string = "",
    format: TableFormat = TableFormat.Text,
  ): Promise<string> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    const by = { registry, username, password, key, ca, sourceUrl };
    return promoteNodes(work, by, { tag, repository, nodes, release }, format);
  }

  /**
   * Verifies that a published image is what a build of its version from the files here gives.
   *
   * Signature, manifest, content listing and SBOM agree, what is pulled has the content they say, and so has the build.
   * Check out its revision first.
   *
   * Example: dagger call verify --node=noos --reference=ghcr.io/someone/hegemonikon/noos:v1.2.3 --key=cosign.pub
   * @param node The node's name, a folder in nodes/.
   * @param reference The published image, HOST/PATH:TAG or HOST/PATH@sha256:….
   * @param repository The git repository; its commit is compared with the one that was published.
   * @param key The public key of cosign, where a key signed.
   * @param identity A regular expression for the identity that signed, where a job of GitHub Actions did: a release's notes have its own, ^https://github\.com/someone/hegemonikon/ is any job of the repository.
   * @param issuer Who vouches for that identity.
   * @param username The name to log in with; none where everyone may read.
   * @param password The password or token for the registry, e.g. env://TOKEN.
   * @param ca The certificate authority of a registry with its own, in PEM.
   * @param format Text for people, JSON for programs.
   */
  @func({ cache: "never" })
  async verify(
    node: string,
    reference: string,
    @argument({ defaultPath: "/" }) repository: GitRepository,
    key?: File,
    identity: string = "",
    issuer: string = GITHUB_ISSUER,
    username: string = "",
    password?: Secret,
    ca?: File,
    format: TableFormat = TableFormat.Text,
  ): Promise<string> {
    const work = await readProject({ nodes: this.nodesDir, sources: this.sourcesFile });
    const reader = { username, password, ca };
    return verifyNode(work, { node, reference, key, identity, issuer, reader, repository }, format);
  }

  /**
   * sources.yaml with the digest of every image and download as it is now; comments and order stay.
   *
   * Fails, and names everything it could not reach, rather than return a file that is locked in part.
   *
   * Example: dagger call lock -o sources.yaml
   * @param snapshots Whether apt snapshots are moved, too, each to the newest midnight (UTC) a day old at least that answers: the next build installs the packages of that moment.
   */
  @func({ cache: "never" })
  async lock(snapshots: boolean = false): Promise<File> {
    return lock(this.sourcesFile, snapshots);
  }

  /**
   * The proof of a node's role, from a virtual machine that boots its real medium.
   *
   * Gives report.html, result.json, and for each stage TAP, the serial log, the console's picture and the boot's timeline.
   * Fails with the first assertion that does not hold, its output and the last lines of the journal; a call with
   * --even-failed then gives the folder of that same run.
   * The RAW disk of a board starts in QEMU's machine virt, with simulated GPIO; the report says what that does not show.
   *
   * Example: dagger call boot --node=noos -o proof
   * @param node The node's name, a folder in nodes/.
   * @param version The node's version, a semantic version.
   * @param route How far it goes: the medium's first way to the role (an ISO live, a RAW disk after its first boot), or an ISO's installation and the second boot of the system, too.
   * @param firmware What starts the medium: UEFI, or the BIOS of an old machine (ISO for amd64).
   * @param kvm Whether KVM is used where it runs guests; without it, or where it does not, the machine is emulated.
   * @param evenFailed Whether a proof that failed is given back, too; result.json and the report tell.
   * @param attempt The same medium is not booted twice for one attempt; another number boots it again.
   */
  @func({ cache: "never" })
  async boot(
    node: string,
    version: string = DEV_VERSION,
    route: BootRoute = BootRoute.Live,
    firmware: BootFirmware = BootFirmware.Uefi,
    kvm: boolean = true,
    evenFailed: boolean = false,
    attempt: number = 1,
  ): Promise<Directory> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "" });
    const made = image(recipe, this.nodesDir.directory(node));
    return explained(node, () => boot(recipe, made, { route, firmware, kvm, evenFailed, attempt }));
  }

  /**
   * The proof that a node's upgrade is one, and that a broken one is taken back, in a virtual machine.
   *
   * A version before is installed, upgraded from a registry to the version here, as a machine does it by itself, and asked
   * for its role; what the version before alone had is gone, and what its services wrote is there. Then it is upgraded to
   * images that are broken on purpose, and must be back in the version here by itself, and say why. Gives what boot gives;
   * fails with the first thing that is not so.
   *
   * Example: dagger call upgrade-test --node=noos --faults=service -o proof
   * @param node The node's name, a folder in nodes/; one whose medium is an ISO.
   * @param version The version that is upgraded to, a semantic version.
   * @param faults What is wrong with the images that must be taken back; every kind where none is named.
   * @param kvm Whether KVM is used where it runs guests; without it, or where it does not, the machine is emulated.
   * @param evenFailed Whether a proof that failed is given back, too; result.json and the report tell.
   * @param attempt The same upgrade is not run twice for one attempt; another number runs it again.
   */
  @func({ cache: "never" })
  async upgradeTest(
    node: string,
    version: string = DEV_VERSION,
    faults: UpgradeFault[] = [],
    kvm: boolean = true,
    evenFailed: boolean = false,
    attempt: number = 1,
  ): Promise<Directory> {
    const recipe = await readRecipe(this.nodesDir, this.sourcesFile, { node, version, revision: "" });
    return explained(node, () =>
      upgradeTest(recipe, this.nodesDir.directory(node), { faults, kvm, evenFailed, attempt }),
    );
  }
}
