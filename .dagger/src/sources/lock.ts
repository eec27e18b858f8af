import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { dag, type File } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { problemLines } from "../plan/problem-lines.js";
import { type Found, type Lookup, locked, lookups, type Move, moves } from "./lock-plan.js";
import { parseSources } from "./parse.js";

/**
 * sources.yaml with every digest as it is in the registries and on the servers now.
 * @param snapshots whether the apt snapshots are moved, too, each to the newest midnight that answers
 */
export async function lock(sources: File, snapshots: boolean): Promise<File> {
  const [called, text] = await Promise.all([sources.name(), sources.contents()]);
  const parsed = parseSources(called, text);
  if (!parsed.sources) throw new HegemonikonError(problemLines(parsed.problems).join("\n"));
  const asked = [...lookups(parsed.sources), ...(snapshots ? moves(parsed.sources, Date.now()) : [])];
  const found = await Promise.all(asked.map(lookUp));
  return dag.directory().withNewFile("sources.yaml", locked(parsed.yaml, found)).file("sources.yaml");
}

async function lookUp(asked: Lookup | Move): Promise<Found> {
  try {
    if (asked.kind === "snapshot") return { ...asked, moment: await answering(asked) };
    const digest = asked.kind === "image" ? await imageDigest(asked.address) : await fileDigest(asked.address);
    return { ...asked, digest };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failure =
      message
        .replace(/ \[traceparent:[^\]]*\]/, "")
        .split("\n")
        .at(-1) ?? "";
    return { ...asked, failure };
  }
}

/** A registry or server that says nothing for so long is not reached, in milliseconds. */
const SILENCE = { image: 60_000, file: 20_000 };

async function imageDigest(address: string): Promise<string> {
  const silent = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${SILENCE.image / 1000} s`)), SILENCE.image).unref();
  });
  const reference = await Promise.race([dag.container().from(address).imageRef(), silent]);
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1];
  if (!digest) throw new HegemonikonError(`found ${reference}, expected a reference with a digest`);
  return digest;
}

async function fileDigest(address: string): Promise<string> {
  await reachable(address);
  const folder = await mkdtemp(join(tmpdir(), "hegemonikon-lock-"));
  try {
    const path = join(folder, "file");
    await dag.http(address).export(path);
    const hash = createHash("sha256");
    await pipeline(createReadStream(path), hash);
    return `sha256:${hash.digest("hex")}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The engine tries a dead address again for many minutes: this asks first. What answers at all, it may then try. */
export async function reachable(address: string, silence = SILENCE.file): Promise<void> {
  try {
    await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(silence) });
  } catch (error) {
    const { code = "", name = "", message = "" } = error as { code?: string; name?: string; message?: string };
    if (/certificate|CERT/i.test(code + message)) return;
    const silent = name === "TimeoutError";
    throw new HegemonikonError(silent ? `no answer within ${silence / 1000} s` : `cannot be reached (${message})`);
  }
}

/**
 * The first of the moments at which the archive is there: the file that apt reads first of its suite. Where no suite is named
 * its folders are asked for, which a service without pages for folders does not have.
 */
export async function answering({ address, moments, suite }: Omit<Move, "kind" | "source">): Promise<string> {
  await reachable(address.replaceAll("{version}", moments[0] ?? ""));
  for (const moment of moments) {
    const archive = address.replaceAll("{version}", moment).replace(/\/*$/, "/");
    for (const url of suite ? [`${archive}dists/${suite}/InRelease`] : [`${archive}dists/`, archive]) {
      // Of a file as apt asks for it: some servers know no HEAD.
      const answer = await fetch(url, { method: suite ? "GET" : "HEAD", signal: AbortSignal.timeout(SILENCE.file) });
      await answer.body?.cancel();
      if (answer.ok) return moment;
    }
  }
  throw new HegemonikonError(`none of its moments answers: ${moments.join(", ")}`);
}
