import type { Node } from "../node/node.js";
import type { Host, Outcome } from "./outcome.js";
import type { Proof, Result } from "./proof.js";
import { cleanLines, signIn } from "./signs.js";
import { type Stage, signsOf } from "./stages.js";

/** What one stage left behind. */
export type StageRun = { stage: Stage; outcome: Outcome; proof: Proof; serial: string; emulatorLog: string };

/** Why a proof failed: a sentence, and what shows it. */
export type Failure = { stage: string; sentence: string; details: string[] };

/** What a failed proof is called; nothing where every stage proved what it is for. */
export function failureOf(node: Pick<Node, "assertions">, runs: StageRun[], host: Host): Failure | undefined {
  for (const run of runs) {
    const failure = stageFailure(node, run, host) ?? identityFailure(run, runs);
    if (failure) return { stage: run.stage.title, ...failure };
  }
  return undefined;
}

type Reason = Omit<Failure, "stage">;

function stageFailure(node: Pick<Node, "assertions">, run: StageRun, host: Host): Reason | undefined {
  const { stage, outcome, proof, serial } = run;
  const sign = signIn(serial, signsOf(stage));
  // A role that was proven is proven, whatever the log says besides: a sign counts where it ended the stage.
  if (sign && (outcome.reason.startsWith("sign ") || (outcome.reason !== stage.ends && outcome.reason !== ""))) {
    return { sentence: sign.sign.says, details: around(serial, sign.line) };
  }
  if (outcome.reason === "")
    return { sentence: "the virtual machine was not started", details: tail(run.emulatorLog, 10) };
  // role-check's report is judged before an upgrade that it kept from being started.
  const reported = outcome.reason === stage.ends || (stage.upgrade && outcome.reason === "done");
  if (!reported) return unexpectedEnd(run, host);
  if (!stage.boots) return undefined;
  if (proof.bailOut) return { sentence: proof.bailOut, details: [] };
  const failed = proof.results.find(({ holds }) => !holds);
  if (failed) return assertionFailure(failed, proof, host);
  const missing = (stage.assertions ?? node.assertions).find(
    ({ name }) => !proof.results.some((result) => result.name === name.trim()),
  );
  if (missing) {
    const names = proof.results.map(({ name }) => `reported: ${name}`);
    return {
      sentence: `role-check did not report on the assertion "${missing.name}": the image was built from another node.yaml`,
      details: names,
    };
  }
  if (proof.exitCode !== 0) return { sentence: `role-check ended with exit code ${proof.exitCode}`, details: [] };
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
  return outcome.reason === stage.ends ? undefined : unexpectedEnd(run, host);
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
    return { sentence: `the machine switched off before its role was proven`, details: log.length > 0 ? log : last };
  }
  return { sentence: `the stage ended with "${outcome.reason}", expected "${stage.ends}"`, details: last };
}

function assertionFailure(result: Result, proof: Proof, host: Host): Reason {
  const within = (result.within ?? 0) * host.scale;
  const journal = proof.files.get("journal.txt")?.trimEnd().split("\n").slice(-30) ?? [];
  return {
    sentence: `the assertion "${result.name}" did not hold within ${within} s (${result.attempts ?? 0} attempts, exit code ${result.exitCode})`,
    details: [
      `$ ${result.command ?? ""}`,
      ...(result.output ?? "").split("\n").map((line) => `| ${line}`),
      ...(journal.length > 0 ? ["last lines of the journal:", ...journal.map((line) => `  ${line}`)] : []),
    ],
  };
}

/** What must stay the same from the first boot of the installed system to every other. */
const IDENTITY = ["machine-id", "hostname", "ssh-host-key", "KAIROS_VERSION"];

function identityFailure(run: StageRun, runs: StageRun[]): Reason | undefined {
  const before = runs.find(({ stage }) => stage.boots === "active");
  if (!before || (run.stage.boots !== "active" && run.stage.boots !== "passive")) return undefined;
  const one = (of: StageRun, key: string) => of.proof.facts.get(key)?.at(-1);
  const root = one(run, "hostname") === undefined ? "no hostname" : undefined;
  if (root) return { sentence: "the installed system has no hostname", details: [] };
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
  const how = host.accelerated ? "with KVM" : `emulated (${host.why}), deadlines times ${host.scale}`;
  return [
    `${node}: ${failure.stage}: ${failure.sentence}`,
    ...failure.details.map((line) => `  ${line}`),
    `ran ${how}`,
  ].join("\n");
}
