import { type Directory, dag, type GitRepository } from "@dagger.io/dagger";
import { boot } from "../boot/boot.js";
import { BootRoute } from "../boot/route.js";
import { explained } from "../image/explain.js";
import { image } from "../image/image.js";
import { diff } from "../plan/diff.js";
import { contentsOf } from "../plan/diff-read.js";
import { diffMarkdown } from "../plan/diff-text.js";
import type { Recipe } from "../plan/recipe.js";
import { readBuildManifest } from "../plan/release-manifest.js";
import { releaseNotes } from "../plan/release-notes.js";
import { previousRelease, releasedMedium, releaseProblems } from "../plan/release-plan.js";
import type { Published } from "../plan/release-state.js";
import { readVersion } from "../plan/version.js";
import { builtNode, type Workplace } from "./built-node.js";
import { type Checked, checkedPublisher, type Publisher, publishBuild, publishTools } from "./publish-node.js";
import { publishedContents } from "./published-contents.js";
import { CHECKSUMS, withSums } from "./released-files.js";
import { repositoryState } from "./repository-state.js";
import { signFile } from "./signing.js";

/** What is released. */
export type ReleaseRequest = {
  tag: string;
  repository: GitRepository;
  /** Names of nodes; empty for all. */
  nodes: readonly string[];
  /** Whether each ISO is booted and its role proven before anything is published. */
  boot: boolean;
};

/** A node that is built and proven, and not published yet. */
type Ready = { recipe: Recipe; built: Directory; proof: string | undefined };

/**
 * Releases nodes from a tag on HEAD: all are built and booted before the first is published, so that a release fails
 * before it is half one. Returns a folder a node with what people download.
 */
export async function releaseNodes(work: Workplace, by: Publisher, request: ReleaseRequest): Promise<Directory> {
  const { tag, repository } = request;
  const nodes = request.nodes.length > 0 ? request.nodes : work.nodes;
  const [{ commit, clean }, tags] = await Promise.all([repositoryState(repository), repository.tags()]);
  const tagged = tags.includes(tag) ? await repository.tag(tag).commit() : "";
  const found = { tag, tags, tagged, head: commit, clean, nodes: work.nodes, asked: nodes };
  const version = readVersion(tag)?.text ?? "v0.0.0";
  const known = nodes.filter((name) => work.nodes.includes(name));
  const checked = await checkedPublisher("release", work, by, known, version, releaseProblems(found));

  const ready: Ready[] = [];
  // One after another: a hosted runner has no room for two media at once.
  for (const name of nodes) ready.push(await builtAndProven(work, work.recipe(name, version, commit), request.boot));
  let folder = dag.directory();
  for (const one of ready) {
    const published = await publishBuild(one.built, one.recipe, checked, by.sourceUrl);
    const directory = await released(one, published, checked, previousRelease(tag, tags));
    folder = folder.withDirectory(one.recipe.node.name, directory);
  }
  return folder;
}

async function builtAndProven(work: Workplace, recipe: Recipe, proven: boolean): Promise<Ready> {
  const { name, medium } = recipe.node;
  const built = await builtNode(work, recipe);
  await built.sync();
  if (!proven || medium !== "iso") return { recipe, built, proof: undefined };
  const container = image(recipe, work.files.nodes.directory(name));
  const wanted = { route: BootRoute.Live, kvm: true, evenFailed: false, attempt: 1 };
  await explained(name, async () => (await boot(recipe, container, wanted)).sync());
  return { recipe, built, proof: "its role was proven in a virtual machine that booted this medium" };
}

/** What people download of a node: the medium, whole or in parts, SBOM, manifest, notes, and the signed checksums. */
async function released(
  { recipe, built, proof }: Ready,
  published: Published,
  checked: Checked,
  before: string | undefined,
) {
  const { artefacts, node, version } = recipe;
  const medium = releasedMedium(artefacts.medium, await built.file(artefacts.medium).size());
  const changes = await changesSince(recipe, built, published, checked, before);
  const notes = releaseNotes({ node: node.name, role: node.role, version, medium, published, changes, proof });
  const files = dag
    .directory()
    .withFile(artefacts.sbom, built.file(artefacts.sbom))
    .withFile(artefacts.manifest, built.file(artefacts.manifest))
    .withNewFile("notes.md", notes);
  const summed = withSums(recipe.auroraboot.address, files, built.file(artefacts.medium), medium);
  const { cosign } = await publishTools(checked);
  const bundle = signFile(cosign, checked.signer, summed.file(CHECKSUMS));
  return summed.withFile(`${CHECKSUMS}.sigstore.json`, bundle);
}

async function changesSince(
  recipe: Recipe,
  built: Directory,
  { repository }: Published,
  checked: Checked,
  before: string | undefined,
): Promise<string | undefined> {
  if (before === undefined) return undefined;
  const { oras } = await publishTools(checked);
  const old = await publishedContents(oras, `${repository}:${before}`);
  if (!old) return undefined;
  const { manifest, content } = recipe.artefacts;
  const [text, listing] = await Promise.all([built.file(manifest).contents(), built.file(content).contents()]);
  return diffMarkdown(
    diff(recipe.node.name, old, contentsOf(recipe.version, readBuildManifest(manifest, text), listing)),
  );
}
