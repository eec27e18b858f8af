import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeNames } from "../test/nodes";

// Times the builds that people wait for, called as they call them: ./local/bun bench/build.ts [--sequential] [--all]
// cold (every layer made again; the images that it starts from are there), no change, one role file changed, and with
// --all the other amd64 nodes after one, beside each other, and then those of arm64; with --sequential also
// bench/sequential.sh, the same steps as they are done today. A first build of each node is not counted: it starts the engine,
// makes the stand-ins where no registry can be reached, and fetches the images.
// Wall time in seconds, and the disk that is used at the highest; other programs' use of the same disk counts, too.

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "hegemonikon-bench-"));
const launcher = join(root, "hegemonikon");
// A distribution that no base is: nothing in an image changes, but every layer is made again.
const salt = `\n  salt:\n    kind: apt-snapshot\n    for: a cold build\n    distribution: none\n    url: http://127.0.0.1/${Date.now()}\n    version: 20260101T000000Z\n`;
const coldSources = join(folder, "sources.yaml");
const nodes = join(folder, "nodes");
cpSync(join(root, "nodes"), nodes, { recursive: true });

type Timed = { seconds: number; gibibytes: number; output: string };

function used(): number {
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
}

async function timed(name: string, command: string, args: string[]): Promise<Timed> {
  const [started, before] = [performance.now(), used()];
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, used());
  }, 500);
  const child = spawn(command, args, { cwd: root, env: { ...process.env }, stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  const seconds = (performance.now() - started) / 1000;
  const gibibytes = (Math.max(peak, used()) - before) / 1024 ** 3;
  if (status !== 0) throw new Error(`${name}: exit code ${status}\n${errors}`);
  console.log(`${name}: ${seconds.toFixed(1)} s, ${gibibytes.toFixed(1)} GiB of disk at the highest`);
  return { seconds, gibibytes, output };
}

function build(name: string, node: string, flags: string[] = [`--sources=${coldSources}`]): Promise<Timed> {
  const out = join(folder, "dist", node);
  const call = [...flags, `--nodes=${nodes}`, "build", `--node=${node}`, "-o", out];
  return timed(`${node}, ${name}`, launcher, call);
}

/** Builds nodes from the launcher's sources, which are the stand-ins' where no registry can be reached; then salts those. */
async function prepare(names: string[]): Promise<void> {
  for (const name of names) await build("not counted", name, []);
  const used = execFileSync(launcher, ["sources", "contents"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  writeFileSync(coldSources, used + salt);
}

/** The other nodes of an architecture. */
const others = (node: string, arch: string) =>
  nodeNames(root).filter(
    (name) => name !== node && parse(readFileSync(join(root, "nodes", name, "node.yaml"), "utf8")).arch === arch,
  );

async function sequential(node: string): Promise<number> {
  const out = join(folder, "sequential");
  mkdirSync(out);
  const { output } = await timed(`${node}, the sequential way`, join(root, "bench/sequential.sh"), [
    node,
    coldSources,
    out,
  ]);
  console.log(output.replaceAll(/^/gm, "    ").trimEnd());
  return Number(/^total: ([\d.]+) s$/m.exec(output)?.[1]);
}

const verdict = (what: string, met: boolean) => console.log(`${what}: ${met ? "met" : "missed"}`);

try {
  const node = "noos";
  const [beside, emulated] = [others(node, "amd64"), others(node, "arm64")];
  await prepare(process.argv.includes("--all") ? [node, ...beside, ...emulated] : [node]);
  const cold = (await build("cold", node)).seconds;
  verdict("no change under 10 s", (await build("no change", node)).seconds < 10);
  const config = join(nodes, node, "cloud-config.yaml");
  writeFileSync(config, `${readFileSync(config, "utf8")}# changed\n`);
  verdict("role change to finished ISO under 45 s", (await build("one role file changed", node)).seconds < 45);
  if (process.argv.includes("--sequential")) {
    const share = cold / (await sequential(node));
    verdict(`cold ${share.toFixed(2)} of the sequential way, at most 0.6`, share <= 0.6);
  }
  if (process.argv.includes("--all")) {
    const started = performance.now();
    const since = () => (performance.now() - started) / 1000;
    const all = (what: string, seconds: number) =>
      verdict(`${what} ${((cold + seconds) / cold).toFixed(2)} times one, under 2`, cold + seconds < 2 * cold);
    await Promise.all(beside.map((other) => build(`after ${node}`, other)));
    all("the amd64 nodes", since());
    // Emulated where the machine is not arm64, and then slow whatever else runs.
    for (const other of emulated) await build(`after ${node}`, other);
    all("all nodes", since());
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
