/** How watching a virtual machine ended. */
export type Outcome = {
  /**
   * `done`, `exit`, `sign NAME`, `late NAME`, `over`, or `paused WHY MIB`: why the emulator paused the machine, and how much room
   * was left where its disk is. Empty where the stage did not run.
   */
  reason: string;
  /** The emulator's exit code. */
  exitCode?: number;
  /** Whether it switched off when it was told to; absent where it was not. */
  switchedOff?: boolean;
  /** What was seen when, in seconds since the stage began. */
  reached: { name: string; seconds: number }[];
};

/** Reads outcome.tsv. */
export function parseOutcome(text: string): Outcome {
  const outcome: Outcome = { reason: "", reached: [] };
  for (const line of text.split("\n")) {
    const [key, first = "", second = ""] = line.split("\t");
    if (key === "reason") outcome.reason = first;
    else if (key === "exit") outcome.exitCode = Number(first);
    else if (key === "switched-off") outcome.switchedOff = first === "yes";
    else if (key === "reached") outcome.reached.push({ name: first, seconds: Number(second) });
  }
  return outcome;
}

/** What the virtual machines ran on. */
export type Host = {
  accelerated: boolean;
  /** Why KVM was used, or not. */
  why: string;
  /** Deadlines were multiplied by it. */
  scale: number;
  load: string;
  processors: string;
  emulator: string;
  /** What each machine had, in MiB, and what its node.yaml says that it should have; both 0 where that is not known. */
  memory: number;
  memoryWanted: number;
};

/** How much memory the machines had, where the host had less than they should have. */
export function lessMemory({ memory, memoryWanted }: Host): string | undefined {
  return memory < memoryWanted
    ? `${memory} MiB of memory in place of ${memoryWanted}: the host has no more`
    : undefined;
}

/** Reads host.tsv. */
export function parseHost(text: string): Host {
  const values = new Map(text.split("\n").map((line) => [line.split("\t")[0] ?? "", line.split("\t")[1] ?? ""]));
  const value = (key: string) => values.get(key) ?? "";
  return {
    accelerated: value("accelerator") === "kvm",
    why: value("why"),
    scale: Number(value("scale")) || 1,
    load: value("load"),
    processors: value("processors"),
    emulator: value("emulator"),
    memory: Number(value("memory")) || 0,
    memoryWanted: Number(value("memory-wanted")) || 0,
  };
}
