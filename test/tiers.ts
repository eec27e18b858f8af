import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Counts, countsOf, report, type TierResult } from "./counts";
import { install, missingPackages } from "./programs";
import { shellFiles } from "./shell-files";

const root = join(import.meta.dir, "..");
const bin = (name: string) => join(root, "node_modules", ".bin", name);

/** What a tier runs, and the time that one of its tests may take, in milliseconds. */
type Tier = { about: string; run: () => Counts };

const tiers: Record<string, Tier> = {
  lint: { about: "format, lint, types, shell", run: lint },
  unit: { about: "pure code", run: () => bunTest("unit", 60_000) },
  role: { about: "the roles' own programs", run: () => bunTest("role", 300_000) },
  contract: { about: "the API as Dagger's introspector sees it", run: () => bunTest("contract", 120_000) },
  engine: { about: "the module on a real Dagger engine", run: () => withEngine(() => bunTest("engine", 1_800_000)) },
  full: { about: "all nodes, upgrades and rollbacks: hours", run: () => withEngine(() => bunTest("full", 7_200_000)) },
};
const usual = ["lint", "unit", "role", "contract", "engine"];

function lint(): Counts {
  const commands: [string, string[]][] = [
    [bin("biome"), ["ci", "--colors=off", "."]],
    [bin("tsc"), ["--noEmit"]],
    // what an editor says of the module, by its own tsconfig.json
    [bin("tsc"), ["--noEmit", "--project", ".dagger"]],
    ["shellcheck", ["-x", "--source-path=SCRIPTDIR", ...shellFiles(root)]],
  ];
  const results = commands.map(([command, args]) => {
    const ok = spawnSync(command, args, { cwd: root, stdio: "inherit" }).status === 0;
    console.log(`${ok ? "(pass)" : "(fail)"} ${relative(root, command)} ${args.slice(0, 3).join(" ")}`);
    return ok;
  });
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

function testFiles(tier: string): string[] {
  const folder = join(root, "test", tier);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `./test/${tier}/${name}`)
    .sort();
}

/**
 * Runs a tier's files. A tier without a test that ran has failed: nothing was shown. What the tests write goes into one
 * folder, which stays for a look where one failed.
 */
function bunTest(tier: string, timeout: number): Counts {
  const files = testFiles(tier);
  const scratch = mkdtempSync(join(tmpdir(), `hegemonikon-${tier}-`));
  chmodSync(scratch, 0o755); // some tests look into their folders as another user
  const junit = join(scratch, "junit.xml");
  const args = ["test", `--timeout=${timeout}`, "--reporter=junit", `--reporter-outfile=${junit}`, ...files];
  const env = { ...process.env, TMPDIR: scratch };
  const status = files.length > 0 ? spawnSync(bin("bun"), args, { cwd: root, env, stdio: "inherit" }).status : 1;
  const counts = existsSync(junit) ? countsOf(readFileSync(junit, "utf8")) : { passed: 0, failed: 0, skipped: 0 };
  const ran = counts.passed + counts.failed;
  if (ran === 0) console.error(`${tier}: no test ran`);
  const failed = ran === 0 || (status !== 0 && counts.failed === 0) ? counts.failed + 1 : counts.failed;
  if (failed === 0) rmSync(scratch, { recursive: true, force: true });
  else console.error(`${tier}: what its tests wrote is in ${scratch}`);
  return { ...counts, failed };
}

/** Starts the engine (and stand-ins where no registry answers), as a call of a function does. */
function withEngine(run: () => Counts): Counts {
  const start = spawnSync(join(root, "local", "start"), ["--all"], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (start.status !== 0) {
    console.error("engine: it did not start, so none of its tests ran");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  for (const line of start.stdout.split("\n").filter(Boolean)) {
    process.env[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
  }
  return run();
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in tiers));
if (unknown.length > 0) {
  console.error(`test: no tier "${unknown.join('", "')}"; expected ${Object.keys(tiers).join(", ")}`);
  process.exit(2);
}
const chosen = asked.length > 0 ? asked : usual;
const trouble = install(missingPackages(chosen));
if (trouble) console.error(trouble);
const results: TierResult[] = [];
for (const name of chosen) {
  const tier = tiers[name];
  if (!tier) continue;
  console.log(`\n# ${name}: ${tier.about}`);
  const started = performance.now();
  results.push({ name, ...tier.run(), seconds: (performance.now() - started) / 1000 });
}
console.log(`\n${report(results)}`);
process.exit(results.some((result) => result.failed > 0) ? 1 : 0);
