import { type Directory, dag, type GitRepository } from "@dagger.io/dagger";
import { boot } from "../boot/boot.js";
import { BootRoute } from "../boot/route.js";
import { explained } from "../image/explain.js";
import { image } from "../image/image.js";
import { releasedName } from "../plan/artefacts.js";
import type { Contents } from "../plan/diff.js";
import { contentsOf } from "../plan/diff-read.js";
import type { Recipe } from "../plan/recipe.js";
import { unprovenText } from "../plan/release-failure.js";
import { nodeProblems } from "../plan/release-input.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { believedBy, NOTES_FILE, releaseNotes } from "../plan/release-notes.js";
import { earlierReleases, releasedMedium, releaseProblems } from "../plan/release-plan.js";
import type { Staged } from "../plan/release-state.js";
import { IMAGE_FILE, releasedImageText } from "../plan/released-image.js";
import { readVersion } from "../plan/version.js";
import { builtNode } from "./built-node.js";
import { nameVersion, pointChannels, stageImage } from "./image.js";
import type { Project } from "./project.js";
import { type Checked, checkedPublisher, type Publisher, publishTools, uploadOf } from "./publish-node.js";
import { releaseChanges } from "./release-changes.js";
import { CHECKSUMS, withSums } from "./released-files.js";
import { taggedState } from "./repository-state.js";
import { signFile } from "./signing.js";
import { type Complete, completion, type PublishTools } from "./whole.js";
import { wholeProof } from "./whole-proof.js";

/** What is released. */
export type ReleaseRequest = {
  tag: string;
  repository: GitRepository;
  /** Names of nodes; undefined for all. */
  nodes: readonly string[] | undefined;
  /** Whether each ISO is booted and its role proven before anything is published. */
  boot: boolean;
  /** Whether the images get no name yet: promote gives it to them when those of all nodes are there. */
  stage: boolean;
};

/** A node that is built and proven, and not published yet. */
type Ready = { recipe: Recipe; built: Directory; proof: Directory | undefined };

/**
 * Releases nodes from a tag on HEAD: all are built and booted before the first is pushed, and all are pushed, complete and
 * signed, before the first gets a name. So a release that fails, fails before anybody sees it. Returns a folder a node
 * with what people download.
 */
export async function releaseNodes(work: Project, by: Publisher, request: ReleaseRequest): Promise<Directory> {
  const { tag, repository } = request;
  const nodes = request.nodes ?? work.nodes;
  const state = await taggedState(repository, tag, work.builtFrom(nodes));
  const version = readVersion(tag)?.text ?? "v0.0.0";
  const problems = [...releaseProblems(state), ...nodeProblems("nodes", nodes, work)];
  const checked = await checkedPublisher({ action: "release", tag }, work, by, nodes, version, problems);

  const ready: Ready[] = [];
  // One after another: a hosted runner has no room for two media at once.
  for (const name of nodes)
    ready.push(await builtAndProven(work, work.recipe(name, version, state.head), request.boot));

  const tools = await publishTools(checked);
  const earlier = earlierReleases(tag, state.tags);
  const believed = believedBy(checked.signer.kind, by.sourceUrl, tag);
  let folder = dag.directory();
  const staged: { image: Staged; completes: Complete }[] = [];
  for (const one of ready) {
    const upload = await uploadOf(one.built, one.recipe, checked, by.sourceUrl);
    const image = await stageImage(upload, tools, checked.signer);
    staged.push({ image, completes: completion(upload, tools, checked.signer) });
    folder = folder.withDirectory(one.recipe.node.name, await released(one, image, believed, tools, checked, earlier));
  }
  // What people download is made, too, before anything gets a name.
  const made = await folder.sync();
  if (!request.stage) await named(staged, tools);
  return made;
}

/** First every version, then every channel: who follows one is not shown a part of a release. */
async function named(staged: readonly { image: Staged; completes: Complete }[], tools: PublishTools): Promise<void> {
  const images: Staged[] = [];
  for (const { image, completes } of staged) {
    images.push({ ...image, digest: (await nameVersion(image, tools, completes)).digest });
  }
  for (const image of images) await pointChannels(image, tools.oras);
}

async function builtAndProven(work: Project, recipe: Recipe, proven: boolean): Promise<Ready> {
  const { name, medium } = recipe.node;
  const built = await builtNode(work, recipe);
  await built.sync();
  if (!proven || medium !== "iso") return { recipe, built, proof: undefined };
  const container = image(recipe, work.files.nodes.directory(name));
  const wanted = { route: BootRoute.Live, kvm: true, evenFailed: false };
  const proof = await wholeProof(
    (attempt) => explained(name, async () => (await boot(recipe, container, { ...wanted, attempt })).sync()),
    (why, attempt) => unprovenText({ node: name, version: recipe.version, attempt }, why),
  );
  return { recipe, built, proof };
}

/** What people download of a node: the medium, whole or in parts, SBOM, manifest, notes, and the signed checksums; its proof. */
async function released(
  { recipe, built, proof }: Ready,
  image: Staged,
  believed: string,
  { oras, cosign }: PublishTools,
  { signer }: Checked,
  earlier: readonly string[],
): Promise<Directory> {
  const { artefacts, node, version } = recipe;
  const medium = releasedMedium(artefacts.medium, await built.file(artefacts.medium).size());
  const contents = () => contentsOfBuild(recipe, built);
  const releases = { node: node.name, repository: image.repository, earlier, contents };
  const changes = await releaseChanges(oras, releases);
  const notes = releaseNotes({
    node: node.name,
    role: node.role,
    version,
    medium,
    published: image,
    believed,
    changes,
    proof: proof && "its role was proven in a virtual machine that booted this medium",
  });
  const files = dag
    .directory()
    .withFile(releasedName(artefacts, artefacts.sbom), built.file(artefacts.sbom))
    .withFile(releasedName(artefacts, artefacts.manifest), built.file(artefacts.manifest))
    .withNewFile(releasedName(artefacts, IMAGE_FILE), releasedImageText({ ...image, version }))
    .withNewFile(releasedName(artefacts, NOTES_FILE), notes);
  const summed = withSums(recipe.auroraboot.address, files, built.file(artefacts.medium), medium);
  const bundle = await signFile(cosign, signer, summed.file(CHECKSUMS));
  const whole = summed.withFile(`${CHECKSUMS}.sigstore.json`, bundle);
  return proof ? whole.withDirectory("proof", proof) : whole;
}

async function contentsOfBuild(recipe: Recipe, built: Directory): Promise<Contents> {
  const { manifest, content } = recipe.artefacts;
  const [text, listing] = await Promise.all([built.file(manifest).contents(), built.file(content).contents()]);
  return contentsOf(recipe.version, readBuildManifest(manifest, text), listing);
}
