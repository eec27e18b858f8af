import { HegemonikonError } from "../errors.js";
import type { Node } from "../node/node.js";
import { type Host, lessMemory, type Outcome } from "./outcome.js";
import { type Proof, type Result, skippedIn } from "./proof.js";
import { oneField } from "./role-check/entries.js";
import { cleanLines, signIn } from "./signs.js";
import { POWERDOWN_SECONDS, type Stage, signsOf } from "./stages.js";

/** What a proof does not show because its machines could not: a sentence for each assertion that was skipped. */
export function skippedSentences(runs: StageRun[]): string[] {
  return runs.flatMap(({ stage, proof }) =>
    skippedIn(proof).map(({ name, reason }) => `${stage.title}: "${name}" could not be shown: ${reason}`),
  );
}

/** What one stage left behind. */
export type StageRun = { stage: Stage; outcome: Outcome; proof: Proof; serial: string; emulatorLog: string };

/** Why a proof failed: a sentence, and what shows it. */
export type Failure = { stage: string; sentence: string; details: string[] };

/** What a proof is of: a node, and the host name that its cloud-config gives it, where it gives one. */
export type Proved = Pick<Node, "assertions"> & { hostname?: string };

/** What a failed proof is called; nothing where every stage proved what it is for. */
export function failureOf(node: Proved, runs: StageRun[], host: Host): Failure | undefined {
  for (const run of runs) {
    const failure = stageFailure(node, run, host) ?? identityFailure(node, run, runs);
    if (failure) return { stage: run.stage.title, ...failure };
  }
  return undefined;
}

type Reason = Omit<Failure, "stage">;

function stageFailure(node: Pick<Node, "assertions">, run: StageRun, host: Host): Reason | undefined {
  const { stage, outcome, proof, serial } = run;
  if (outcome.reason.startsWith("paused ")) return pausedFailure(run);
  const sign = signIn(serial, signsOf(stage));
  // A role that was proven is proven, whatever the log says besides: a sign counts where it ended the stage.
  if (sign && (outcome.reason.startsWith("sign ") || (outcome.reason !== stage.ends && outcome.reason !== ""))) {
    return { sentence: sign.sign.says, details: around(serial, sign.line) };
  }
  if (outcome.reason === "")
    return { sentence: "the virtual machine was not started", details: tail(run.emulatorLog, 10) };
  // role-check's report is judged before an upgrade that it kept from being started.
  const reported = outcome.reason === stage.ends || (stage.upgrade && outcome.reason === "done");
  const takenBack = proof.files.get("upgrade-failed.txt");
  if (takenBack) return takenBackFailure(takenBack, proof);
  if (!reported) return unexpectedEnd(run, host);
  if (outcome.reason === "exit") {
    const died = unwanted(run);
    if (died) return died;
  }
  if (!stage.boots) return undefined;
  if (proof.bailOut) return { sentence: proof.bailOut, details: [] };
  const failed = proof.results.find(({ holds, skipped }) => !holds && skipped === undefined);
  if (failed) return assertionFailure(failed, proof, host);
  const missing = (stage.assertions ?? node.assertions).find(
    ({ name }) => !proof.results.some((result) => result.name === oneField(name)),
  );
  if (missing) {
    const names = proof.results.map(({ name }) => `reported: ${name}`);
    return {
      sentence: `role-check did not report on the assertion "${missing.name}": the image was built from another node.yaml`,
      details: names,
    };
  }
  const skipped = skippedIn(proof);
  if (skipped.length > 0 && skipped.length === proof.results.length) {
    const details = skipped.map(({ name, reason }) => `${name}: ${reason}`);
    return { sentence: "no assertion holds: not one of them could be shown", details };
  }
  if (proof.exitCode !== 0) return { sentence: `role-check ended with exit code ${proof.exitCode}`, details: [] };
  const known = proof.facts.get("password") ?? [];
  if (known.length > 0) {
    return { sentence: `a password that whoever has the image knows lets in: ${known.join(", ")}`, details: [] };
  }
  const installer = proof.facts.get("installer")?.at(-1);
  if (installer) {
    const sentence = `an installer of Kairos' listens at ${installer}: it erases a disk for whoever asks, without a password`;
    return { sentence, details: [] };
  }
  const boots = proof.facts.get("boot")?.at(-1) ?? "unknown";
  if (stage.boots && boots !== stage.boots) {
    return { sentence: `Kairos booted its ${boots} system, expected ${stage.boots}`, details: tail(serial, 20) };
  }
  const version = proof.facts.get("KAIROS_VERSION")?.at(-1) ?? "unknown";
  if (stage.version && version !== stage.version) {
    return { sentence: `version ${version} runs, expected ${stage.version}`, details: tail(serial, 20) };
  }
  const said = proof.facts.get("upgrade") ?? [];
  const unsaid = stage.says?.find((words) => !said.join("\n").includes(words));
  if (unsaid) {
    return { sentence: `the machine does not say of its upgrade: ${unsaid}`, details: ["it says:", ...said] };
  }
  if (outcome.switchedOff === false) {
    const seconds = POWERDOWN_SECONDS * host.scale;
    return {
      sentence: `the machine did not switch off within ${seconds} s of being told to`,
      details: tail(serial, 20),
    };
  }
  return outcome.reason === stage.ends ? undefined : unexpectedEnd(run, host);
}

/** Why an emulator's end is not that of its machine, where it is not: it was killed, did not start, or ended too early. */
function unwanted({ stage, outcome, emulatorLog, serial }: StageRun): Reason | undefined {
  const log = tail(emulatorLog, 10);
  const details = log.length > 0 ? log : tail(serial, 20);
  if (outcome.exitCode !== 0) {
    return { sentence: `the emulator ended with exit code ${outcome.exitCode ?? "unknown"}`, details };
  }
  const unseen = stage.expect.find(({ name }) => !outcome.reached.some((seen) => seen.name === name));
  return unseen && { sentence: `the machine ended before its ${unseen.name} was seen`, details };
}

/** A machine that the emulator has paused says nothing of it, and neither does the emulator's log. */
function pausedFailure({ outcome, serial, emulatorLog }: StageRun): Reason {
  const [, why, mib] = outcome.reason.split(" ");
  const sentence =
    why === "io-error"
      ? `the host's disk is full: the emulator stopped the virtual machine with ${mib} MiB left for its disk`
      : `the emulator stopped the virtual machine: ${why}`;
  return { sentence, details: [...tail(emulatorLog, 10), ...tail(serial, 20)] };
}

/** What the role gate found, where it takes back the very upgrade that is to be proven. */
function takenBackFailure(said: string, proof: Proof): Reason {
  const lines = said.trimEnd().split("\n");
  const failing = lines.find((line) => line.startsWith("New since the upgrade: ")) ?? lines[0];
  return {
    sentence: `the upgrade is taken back by the role gate: ${failing}`,
    details: [...lines, ...journalOf(proof)],
  };
}

function unexpectedEnd({ stage, outcome, serial, emulatorLog, proof }: StageRun, host: Host): Reason {
  const times =
    host.scale === 1 ? "" : ` (${host.scale} times the usual, ${host.accelerated ? "a loaded machine" : "emulated"})`;
  const [kind, name] = outcome.reason.split(" ");
  const last = tail(serial, 20);
  if (kind === "late") {
    const milestone = stage.expect.find((one) => one.name === name);
    const before = outcome.reached.at(-1)?.name;
    const seconds = (milestone?.seconds ?? 0) * host.scale;
    const reached = before ? `it came as far as: ${before}` : "no kernel started: see screenshot.png";
    return { sentence: `no ${name} within ${seconds} s${times}; ${reached}`, details: last };
  }
  if (kind === "over" && stage.upgrade && proof.exitCode === 0) {
    const seconds = stage.upgrade.seconds * host.scale;
    return { sentence: `the upgrade did not restart the machine within ${seconds} s${times}`, details: last };
  }
  if (kind === "over") {
    const progress = proof.progress.length > 0 ? proof.progress : last;
    return { sentence: `not finished within ${stage.seconds * host.scale} s${times}`, details: progress };
  }
  if (kind === "exit") {
    const log = tail(emulatorLog, 10);
    const details = log.length > 0 ? log : last;
    if (outcome.exitCode !== 0) {
      return { sentence: `the emulator ended with exit code ${outcome.exitCode ?? "unknown"}`, details };
    }
    return { sentence: `the machine switched off before its role was proven`, details };
  }
  return { sentence: `the stage ended with "${outcome.reason}", expected "${stage.ends}"`, details: last };
}

function assertionFailure(result: Result, proof: Proof, host: Host): Reason {
  const within = (result.within ?? 0) * host.scale;
  return {
    sentence: `the assertion "${result.name}" did not hold within ${within} s (${result.attempts ?? 0} attempts, exit code ${result.exitCode})`,
    details: [
      `$ ${result.command ?? ""}`,
      ...(result.output ?? "").split("\n").map((line) => `| ${line}`),
      ...journalOf(proof),
    ],
  };
}

function journalOf({ files }: Proof): string[] {
  const journal = files.get("journal.txt")?.trimEnd().split("\n").slice(-30) ?? [];
  return journal.length > 0 ? ["last lines of the journal:", ...journal.map((line) => `  ${line}`)] : [];
}

/** What must stay the same from the first boot of the installed system to every other. */
const IDENTITY = ["machine-id", "hostname", "ssh-host-key", "KAIROS_VERSION"];

/** What a machine without it could not be told from another by. */
const NEEDED = ["machine-id", "hostname", "ssh-host-key"];

function identityFailure(node: Proved, run: StageRun, runs: StageRun[]): Reason | undefined {
  const before = runs.find(({ stage }) => stage.boots === "active");
  if (!before || (run.stage.boots !== "active" && run.stage.boots !== "passive")) return undefined;
  const one = (of: StageRun, key: string) => of.proof.facts.get(key)?.at(-1);
  const missing = NEEDED.filter((key) => one(run, key) === undefined);
  if (missing.length > 0) return { sentence: `the installed system has no ${missing.join(", no ")}`, details: [] };
  if (node.hostname !== undefined && one(run, "hostname") !== node.hostname) {
    const sentence = `the installed system's host name is ${one(run, "hostname")}, expected ${node.hostname}`;
    return { sentence, details: [] };
  }
  const mounts = run.proof.facts.get("mount") ?? [];
  const persistent = mounts.find((mount) => mount.startsWith("/usr/local "));
  if (!persistent || !/ \/dev\//.test(persistent)) {
    return { sentence: "no partition is mounted at /usr/local: nothing would persist", details: mounts.slice() };
  }
  // Where a stage names the version that must run, it is not that of the first boot.
  const kept = IDENTITY.filter((key) => key !== "KAIROS_VERSION" || !run.stage.version);
  const changed = kept.filter((key) => one(run, key) !== one(before, key));
  if (changed.length === 0) return undefined;
  return {
    sentence: `the machine is not the one it was at its first boot: ${changed.join(", ")}`,
    details: changed.map((key) => `${key}: ${one(before, key) ?? "none"}, then ${one(run, key) ?? "none"}`),
  };
}

function tail(log: string, count: number): string[] {
  return cleanLines(log).filter(Boolean).slice(-count);
}

function around(log: string, line: string): string[] {
  const lines = cleanLines(log).filter(Boolean);
  const at = lines.indexOf(line);
  return lines.slice(Math.max(0, at - 12), at + 6);
}

/** The error message of a failed proof. */
export function failureText(node: string, failure: Failure, host: Host): string {
  const less = lessMemory(host);
  const speed = host.accelerated ? "with KVM" : `emulated (${host.why}), deadlines times ${host.scale}`;
  const how = less ? `${speed}, with ${less}` : speed;
  return [
    `${node}: ${failure.stage}: ${failure.sentence}`,
    ...failure.details.map((line) => `  ${line}`),
    `ran ${how}`,
  ].join("\n");
}

/** What an engine that forbids what KVM needs is told with; undefined where an error is another. */
export function forbidden(error: unknown): HegemonikonError | undefined {
  const message = error instanceof Error ? error.message : "";
  if (!message.includes("security.insecure is not allowed")) return undefined;
  return new HegemonikonError(
    "the engine allows no insecure root capabilities, which KVM is used with; with --kvm=false it emulates, and takes several times as long",
    { cause: error },
  );
}
