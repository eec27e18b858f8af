import { expect, test } from "bun:test";
import type { Host } from "../../../.dagger/src/boot/outcome";
import { parseProof } from "../../../.dagger/src/boot/proof";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { type Stage, stagesOf } from "../../../.dagger/src/boot/stages";
import { failureOf, failureText, forbidden, type StageRun, skippedSentences } from "../../../.dagger/src/boot/verdict";

const node = {
  assertions: [
    { name: "it answers", command: "curl -f http://127.0.0.1", within: "3min" },
    { name: "it lists", command: "list", within: "5min" },
  ],
};
const host: Host = {
  accelerated: false,
  why: "there is no /dev/kvm",
  scale: 4,
  load: "1.0",
  processors: "2",
  emulator: "QEMU",
  memory: 4096,
  memoryWanted: 4096,
};
const upgraded = { ...stagesOf(node, BootRoute.Installed)[3], version: "v2" };
const stages = [
  ...stagesOf(node, BootRoute.Installed),
  {
    ...upgraded,
    name: "5-after",
    says: ["v2 is good"],
    upgrade: { reference: "registry/x", seconds: 600 },
    ends: "exit",
  },
  { ...upgraded, name: "6-back", boots: "passive", says: ["v3 did not prove its role"], tolerates: { restart: 2 } },
] as Stage[];

const passed = (boot: string, more = "") => `TAP version 14
1..2
ok 1 - it answers
ok 2 - it lists
#fact boot ${boot}
#fact hostname noos-1234
#fact machine-id 0123
#fact ssh-host-key SHA256:abc
#fact mount /usr/local /usr/local /dev/vda5 ext4
${more}#done 0
`;

const REACHED = [
  { name: "kernel", seconds: 20 },
  { name: "role-check", seconds: 60 },
];

/** A run of the stages: all go well but for what is changed. */
function runs(
  changes: { [stage: string]: Partial<Omit<StageRun, "proof">> & { port?: string; reason?: string } } = {},
): StageRun[] {
  return stages.map((stage) => {
    const { port, reason, ...changed } = changes[stage.name] ?? {};
    const said = stage.says?.map((words) => `#fact upgrade ${words}\n`).join("") ?? "";
    const boots = stage.boots ? passed(stage.boots, `#fact KAIROS_VERSION ${stage.version ?? "v1"}\n${said}`) : "";
    return {
      stage,
      outcome: { reason: reason ?? stage.ends, exitCode: 0, reached: REACHED },
      proof: parseProof(port ?? boots),
      serial: "[    0.0] Linux version 6.8\nlogin: ",
      emulatorLog: "",
      ...changed,
    };
  });
}

const failure = (changes: Parameters<typeof runs>[0]) => failureOf(node, runs(changes), host);

test("every stage as it should be: nothing to say", () => {
  expect(failure({})).toBeUndefined();
});

test("the first assertion that does not hold, with its command, output and journal", () => {
  const port = `1..2
ok 1 - it answers
not ok 2 - it lists
  ---
  seconds: 1203
  within: 300
  attempts: 80
  exit: 22
  command: |
    list
  output: |
    no list
  ...
#file journal.txt
#| [ 1.0] list: broken
#end
#done 1
`;
  const found = failure({ "1-live": { port } });
  expect(found?.sentence).toBe('the assertion "it lists" did not hold within 1200 s (80 attempts, exit code 22)');
  expect(found?.details).toEqual(["$ list", "| no list", "last lines of the journal:", "  [ 1.0] list: broken"]);
  expect(found && failureText("noos", found, host)).toBe(
    `noos: The medium, live: ${found?.sentence}
  $ list
  | no list
  last lines of the journal:
    [ 1.0] list: broken
ran emulated (there is no /dev/kvm), deadlines times 4`,
  );
});

test("an assertion that could not be shown fails nothing; one that fails beside it does", () => {
  const skip = passed("live").replace("ok 1 - it answers", "ok 1 - it answers # SKIP no model");
  expect(failure({ "1-live": { port: skip } })).toBeUndefined();
  expect(skippedSentences(runs({ "1-live": { port: skip } }))).toEqual([
    'The medium, live: "it answers" could not be shown: no model',
  ]);
  const bad = skip.replace("\nok 2", "\nnot ok 2").replace("#done 0", "#done 1");
  expect(failure({ "1-live": { port: bad } })?.sentence).toContain('the assertion "it lists"');
});

test("a stage in which not one assertion could be shown has shown nothing: it fails", () => {
  const port = passed("live").replace(/^ok .*$/gm, "$& # SKIP no network");
  expect(failure({ "1-live": { port } })).toMatchObject({
    stage: "The medium, live",
    sentence: "no assertion holds: not one of them could be shown",
    details: ["it answers: no network", "it lists: no network"],
  });
});

test("a name with a tab is reported with a blank in its place", () => {
  const tabbed = {
    assertions: [{ name: "it\tanswers", command: "true", within: "1min" }, ...node.assertions.slice(1)],
  };
  expect(failureOf(tabbed, runs(), host)).toBeUndefined();
});

test("an emulator that is killed, or does not start, is no machine that ended by itself", () => {
  const ended = (exitCode: number, reached = REACHED) => ({ outcome: { reason: "exit", exitCode, reached } });
  const emulatorLog = "qemu: out of memory\n";
  expect(failure({ "2-install": { ...ended(137), emulatorLog } })).toMatchObject({
    sentence: "the emulator ended with exit code 137",
    details: ["qemu: out of memory"],
  });
  expect(failure({ "2-install": ended(0, []) })?.sentence).toBe("the machine ended before its kernel was seen");
  expect(failure({ "1-live": { ...ended(139), port: "" } })?.sentence).toBe("the emulator ended with exit code 139");
  expect(failure({ "5-after": ended(1) })?.sentence).toBe("the emulator ended with exit code 1");
});

test("a machine that does not switch off is no proof", () => {
  const outcome = { reason: "done", exitCode: 137, switchedOff: false, reached: REACHED };
  expect(failure({ "3-installed": { outcome } })?.sentence).toBe(
    "the machine did not switch off within 720 s of being told to",
  );
});

test("an upgrade that the gate takes back while it is to be proven: what failed, with its output and journal", () => {
  const port = `#fact started 60
#file upgrade-failed.txt
#| v2 did not prove its role:
#| New since the upgrade: it lists
#|   FAIL  it lists
#|         | no list
#end
#file journal.txt
#| list: broken
#end
#done 1
`;
  for (const reason of ["done", "exit"]) {
    expect(failure({ "5-after": { port, reason } })).toEqual({
      stage: "The installed system, booted again",
      sentence: "the upgrade is taken back by the role gate: New since the upgrade: it lists",
      details: [
        "v2 did not prove its role:",
        "New since the upgrade: it lists",
        "  FAIL  it lists",
        "        | no list",
        "last lines of the journal:",
        "  list: broken",
      ],
    });
  }
});

test("a password that lets somebody in is in the image, so everybody knows it: live and installed", () => {
  for (const [name, boots] of [
    ["1-live", "live"],
    ["3-installed", "active"],
  ] as const) {
    const port = passed(boots, "#fact KAIROS_VERSION v1\n#fact password kairos\n");
    expect(failure({ [name]: { port } })?.sentence).toBe("a password that whoever has the image knows lets in: kairos");
  }
});

test("an installer that whoever reaches the machine can ask to erase its disk", () => {
  const port = passed("live", "#fact KAIROS_VERSION v1\n#fact installer *:8080\n");
  expect(failure({ "1-live": { port } })?.sentence).toStartWith("an installer of Kairos' listens at *:8080: ");
});

test("less memory than node.yaml asks for is said with a failure", () => {
  const found = failure({ "1-live": { reason: "over", port: "" } });
  const less = { ...host, memory: 3000, memoryWanted: 8192 };
  expect(found && failureText("noos", found, less)).toContain("with 3000 MiB of memory in place of 8192");
});

test("an image with other assertions than node.yaml's proves nothing", () => {
  const port = "1..1\nok 1 - it answers\n#fact boot live\n#done 0\n";
  expect(failure({ "1-live": { port } })?.sentence).toContain('did not report on the assertion "it lists"');
  expect(failure({ "1-live": { port: "#fact boot live\n#done 0\n" } })?.sentence).toContain('assertion "it answers"');
});

test("signs in the serial log are named, with the lines around", () => {
  const serial = "[    0.0] Linux version 6.8\n[    1.0] a\n[    2.0] Kernel panic - not syncing: no init\n[    2.1] b";
  const found = failure({ "1-live": { reason: "sign kernel-panic", serial, port: "" } });
  expect(found).toEqual({ stage: "The medium, live", sentence: "the kernel panicked", details: serial.split("\n") });
});

test("a sign also explains a machine that was too late or ended", () => {
  const serial = "Linux version 1.0\nYou are in emergency mode. After logging in";
  expect(failure({ "1-live": { reason: "late role-check", serial, port: "" } })?.sentence).toBe(
    "the system stopped in an emergency shell",
  );
});

test("each kind of end has its own words", () => {
  const sentence = (reason: string, more: object = {}) =>
    failure({ "1-live": { reason, port: "", ...more } })?.sentence;
  expect(sentence("late role-check", { outcome: { reason: "late role-check", reached: REACHED.slice(0, 1) } })).toBe(
    "no role-check within 720 s (4 times the usual, emulated); it came as far as: kernel",
  );
  expect(sentence("late kernel", { outcome: { reason: "late kernel", reached: [] } })).toContain(
    "no kernel started: see screenshot.png",
  );
  expect(sentence("over")).toContain("not finished within 2760 s (4 times the usual, emulated)");
  expect(sentence("exit")).toBe("the machine switched off before its role was proven");
  expect(sentence("", { outcome: { reason: "", reached: [] } })).toBe("the virtual machine was not started");
});

test("a machine that the emulator paused: a full disk is named, not a deadline", () => {
  const paused = failure({ "2-install": { reason: "paused io-error 3", emulatorLog: "warning: x" } });
  expect(paused?.sentence).toBe(
    "the host's disk is full: the emulator stopped the virtual machine with 3 MiB left for its disk",
  );
  expect(paused?.details).toEqual(["warning: x", "[    0.0] Linux version 6.8", "login:"]);
  const other = failure({ "2-install": { reason: "paused internal-error 9000" } });
  expect(other?.sentence).toBe("the emulator stopped the virtual machine: internal-error");
});

test("recovery, or another system than expected, is no proof", () => {
  expect(failure({ "1-live": { port: "Bail out! the machine booted its recovery system\n#done 2\n" } })?.sentence).toBe(
    "the machine booted its recovery system",
  );
  expect(failure({ "3-installed": { port: passed("passive") } })?.sentence).toBe(
    "Kairos booted its passive system, expected active",
  );
});

test("the installed system keeps its state and identity", () => {
  expect(
    failure({ "3-installed": { port: passed("active").replace("/dev/vda5 ext4", "overlay overlay") } }),
  ).toMatchObject({
    stage: "The installed system",
    sentence: "no partition is mounted at /usr/local: nothing would persist",
  });
  for (const fact of ["machine-id 0123", "hostname noos-1234", "ssh-host-key SHA256:abc"]) {
    const port = passed("active").replace(`#fact ${fact}\n`, "");
    expect(failure({ "3-installed": { port } })?.sentence).toBe(`the installed system has no ${fact.split(" ")[0]}`);
  }
  const named = { ...node, hostname: "noos" };
  expect(failureOf(named, runs(), host)?.sentence).toBe("the installed system's host name is noos-1234, expected noos");
  const again = passed("active", "#fact KAIROS_VERSION v1\n");
  expect(failure({ "4-again": { port: again.replace("0123", "4567") } })).toMatchObject({
    stage: "The installed system, booted again",
    sentence: "the machine is not the one it was at its first boot: machine-id",
    details: ["machine-id: 0123, then 4567"],
  });
  expect(failure({ "4-again": { port: again.replace("VERSION v1", "VERSION v9") } })?.details).toEqual([
    "KAIROS_VERSION: v1, then v9",
  ]);
});

const after = (more: string, boot = "active") => passed(boot, more);
const GOOD = "#fact KAIROS_VERSION v2\n#fact upgrade v2 is good\n";

test("after an upgrade its version runs, was judged good, and is the same machine", () => {
  expect(failure({ "5-after": { port: after("#fact KAIROS_VERSION v1\n") } })?.sentence).toBe(
    "version v1 runs, expected v2",
  );
  expect(failure({ "5-after": { port: after("#fact KAIROS_VERSION v2\n#fact upgrade v2 is new\n") } })).toMatchObject({
    sentence: "the machine does not say of its upgrade: v2 is good",
    details: ["it says:", "v2 is new"],
  });
  const other = after(GOOD).replace("0123", "4567");
  expect(failure({ "5-after": { port: other } })?.sentence).toContain(
    "not the one it was at its first boot: machine-id",
  );
});

test("an upgrade is started only where the role is proven, and must end in a restart", () => {
  const failing = after(GOOD).replace("\nok 2", "\nnot ok 2").replace("#done 0", "#done 1");
  expect(failure({ "5-after": { reason: "done", port: failing } })?.sentence).toContain('the assertion "it lists"');
  expect(failure({ "5-after": { reason: "done" } })?.sentence).toBe('the stage ended with "done", expected "exit"');
  expect(failure({ "5-after": { reason: "over" } })?.sentence).toBe(
    "the upgrade did not restart the machine within 2400 s (4 times the usual, emulated)",
  );
  expect(failure({ "5-after": { reason: "over", port: "" } })?.sentence).toContain("not finished within");
  const serial = "Linux version 6.8\nregistry: refused\nupgrade-test: the upgrade ended with exit code 1";
  expect(failure({ "5-after": { reason: "sign upgrade-failed", serial } })).toMatchObject({
    sentence: "kairos-agent could not upgrade",
    details: serial.split("\n"),
  });
});

test("after an upgrade whose role fails, the previous image runs and says why", () => {
  expect(failure({ "6-back": { port: after(GOOD) } })?.sentence).toBe(
    "Kairos booted its active system, expected passive",
  );
  expect(failure({ "6-back": { port: after("#fact KAIROS_VERSION v2\n", "passive") } })?.sentence).toBe(
    "the machine does not say of its upgrade: v3 did not prove its role",
  );
});

test("a restart that a stage tolerates is no reason, one more is", () => {
  const serial = (times: number) => "Linux version 6.8\n".repeat(times);
  expect(failure({ "6-back": { serial: serial(2) } })).toBeUndefined();
  expect(failure({ "6-back": { reason: "sign restart", serial: serial(3), port: "" } })?.sentence).toBe(
    "the machine started again by itself",
  );
});

test("a stage with assertions of its own must report on those", () => {
  const own = stages.map((stage) =>
    stage.name === "5-after" ? { ...stage, assertions: [{ name: "it stays" }] } : stage,
  );
  const ran = runs({}).map((run, at) => ({ ...run, stage: own[at] as Stage }));
  expect(failureOf(node, ran, host)?.sentence).toContain('did not report on the assertion "it stays"');
});

test("an engine that forbids what KVM needs: the way round is named", () => {
  const error = new Error("process failed: security.insecure is not allowed [traceparent:1]");
  expect(forbidden(error)?.message).toContain("with --kvm=false it emulates");
  expect(forbidden(new Error("context canceled"))).toBeUndefined();
});

test("a stage that fails hides those after it", () => {
  const outcome = { reason: "", reached: [] };
  const found = failure({ "2-install": { reason: "over" }, "3-installed": { outcome, port: "" } });
  expect(found?.stage).toBe("Unattended installation from the medium");
});
