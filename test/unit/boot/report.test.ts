import { expect, test } from "bun:test";
import type { Host } from "../../../.dagger/src/boot/outcome";
import { parseProof } from "../../../.dagger/src/boot/proof";
import { type ReportInput, reportHtml } from "../../../.dagger/src/boot/report";
import { resultFiles } from "../../../.dagger/src/boot/result";
import { BootRoute } from "../../../.dagger/src/boot/route";
import { stagesOf } from "../../../.dagger/src/boot/stages";

const assertions = [{ name: "it <b>answers</b>", command: "true", within: "3min" }];
const host: Host = {
  accelerated: false,
  why: "there is no /dev/kvm",
  scale: 4,
  load: "0.5",
  processors: "2",
  emulator: "QEMU 8.2",
  memory: 4096,
  memoryWanted: 4096,
};
const port = `TAP version 14
1..1
ok 1 - it <b>answers</b>
  ---
  seconds: 70
  within: 180
  attempts: 2
  ...
#file plot.svg
#| <svg></svg>
#end
#file blame.txt
#| 9s dev-sr0.device
#| 5s slow.service
#end
#fact boot live
#done 0
`;

const input: ReportInput & { ports: ReadonlyMap<string, string> } = {
  node: { name: "noos", role: "Local AI", machine: "any", arch: "amd64" },
  version: "v1.2.3",
  host,
  runs: stagesOf({ assertions }, BootRoute.Live).map((stage) => ({
    stage,
    outcome: { reason: "done", reached: [{ name: "kernel", seconds: 19 }] },
    proof: parseProof(port),
    serial: "Linux version 6.8 <script>",
    emulatorLog: "",
  })),
  failure: undefined,
  standins: [],
  limits: [],
  sizes: [{ name: "noos.iso", bytes: 1024 ** 3 }],
  screenshots: new Map([["1-live", new Uint8Array([1, 2, 3])]]),
  ports: new Map([["1-live", port]]),
};

test("the page holds the verdict, assertions, times, sizes and both pictures, and no other file", () => {
  const page = reportHtml(input);
  for (const part of ["Proven:", "70 s", "180 s × 4", "1 GiB", "there is no /dev/kvm", "5s slow.service", "19 s"]) {
    expect(page).toContain(part);
  }
  expect(page).not.toContain("dev-sr0.device");
  expect(page).toContain(`data:image/png;base64,${Buffer.from([1, 2, 3]).toString("base64")}`);
  expect(page).toContain(`data:image/svg+xml;base64,${Buffer.from("<svg></svg>\n").toString("base64")}`);
  expect(page).not.toMatch(/(src|href)="(?!data:)/);
});

test("what the machine said is text, never markup", () => {
  const page = reportHtml(input);
  expect(page).toContain("it &lt;b&gt;answers&lt;/b&gt;");
  expect(page).toContain("6.8 &lt;script&gt;");
  expect(page).not.toContain("<b>");
  expect(page).not.toContain("<script");
});

test("a boot that had not finished: what it waited for, and no picture of a sentence", () => {
  const of = (more: string) => input.runs.map((run) => ({ ...run, proof: parseProof(more) }));
  const sentence = "Bootup is not yet finished (org.freedesktop.systemd1.Manager.FinishTimestampMonotonic=0).";
  const none = reportHtml({ ...input, runs: of(port.replace("<svg></svg>", sentence)) });
  expect(none).not.toContain("image/svg+xml");
  const jobs = "#file boot-unfinished.txt\n#| 12 dev-tpm0.device start running\n#end\n";
  expect(reportHtml({ ...input, runs: of(`${jobs}${port}`) })).toContain(
    "The boot had not finished; what it waited for:</p><pre>12 dev-tpm0.device start running",
  );
  const declared = reportHtml({ ...input, runs: of(port.replace("<svg>", '<?xml version="1.0"?><svg>')) });
  expect(declared).toContain("image/svg+xml");
});

test("a failure leads the page; stand-ins and emulation are said", () => {
  const failure = { stage: "The medium, live", sentence: "the kernel panicked", details: ["Kernel panic"] };
  const page = reportHtml({ ...input, failure, standins: ["kairos-init"] });
  expect(page).toContain("<strong>Not proven.</strong> The medium, live: the kernel panicked");
  expect(page).toContain("Built with stand-ins for: kairos-init.");
  expect(page).toContain("Emulated:");
  expect(reportHtml({ ...input, host: { ...host, accelerated: true, scale: 1 } })).not.toContain("Emulated:");
});

test("what is not shown is said, and which assertion held on a simulated device", () => {
  const board = port
    .replace("#fact boot live", "#fact boot live\n#fact simulated pinctrl-bcm2711, a GPIO chip of gpio-sim")
    .replace(
      "  attempts: 2\n",
      "  attempts: 2\n  output: |\n    button     line 23 of pinctrl-bcm2711\n    up         3 s\n",
    );
  const runs = input.runs.map((run) => ({ ...run, proof: parseProof(board) }));
  const page = reportHtml({ ...input, runs, limits: ["Not a Raspberry Pi 4: a <virt>."] });
  expect(page).toContain("Not a Raspberry Pi 4: a &lt;virt&gt;.");
  expect(page).toContain("<br>↳ button line 23 of pinctrl-bcm2711</td>");
  const files = new Map(resultFiles({ ...input, runs, limits: ["a limit"] }).map(({ path, text }) => [path, text]));
  const result = JSON.parse(files.get("result.json") ?? "");
  expect(result.notShown).toEqual(["a limit"]);
  expect(result.stages[0].assertions[0].simulated).toEqual(["button line 23 of pinctrl-bcm2711"]);
});

test("what could not be shown leads the page, and is no assertion that holds", () => {
  const skipped = port.replace("ok 1 - it <b>answers</b>", "ok 1 - it <b>answers</b> # SKIP no model <yet>");
  const runs = input.runs.map((run) => ({ ...run, proof: parseProof(skipped) }));
  const sentence = 'The medium, live: "it <b>answers</b>" could not be shown: no model <yet>';
  const page = reportHtml({ ...input, runs });
  expect(page).toContain("<strong>Proven, but not shown:</strong> The medium, live: &quot;it &lt;b&gt;");
  expect(page).not.toContain("every assertion holds");
  expect(page).toContain("<br>↳ no model &lt;yet&gt;");
  const files = new Map(resultFiles({ ...input, runs, limits: ["a limit"] }).map(({ path, text }) => [path, text]));
  const result = JSON.parse(files.get("result.json") ?? "");
  expect(result).toMatchObject({ proven: true, notShown: [sentence, "a limit"] });
  expect(result.stages[0].assertions[0]).toMatchObject({ holds: false, skipped: "no model <yet>" });
});

test("a machine with less memory than it should have is said to be one", () => {
  const less = { ...host, memory: 3000, memoryWanted: 8192 };
  expect(reportHtml({ ...input, host: less })).toContain("had 3000 MiB of memory in place of 8192");
  expect(reportHtml(input)).not.toContain("in place of");
});

test("a stage that did not run is named as such", () => {
  const runs = input.runs.map((run) => ({ ...run, outcome: { reason: "", reached: [] }, proof: parseProof("") }));
  expect(reportHtml({ ...input, runs })).toContain("Not run: a stage before it failed.");
});

test("the folder's files: TAP, what the machine sent, and result.json", () => {
  const files = new Map(resultFiles(input).map(({ path, text }) => [path, text]));
  expect([...files.keys()]).toEqual(["1-live/role.tap", "1-live/plot.svg", "1-live/blame.txt", "result.json"]);
  const result = JSON.parse(files.get("result.json") ?? "");
  expect(result).toMatchObject({ node: "noos", version: "v1.2.3", proven: true, failure: null, standins: [] });
  expect(result.stages[0]).toMatchObject({ name: "1-live", ended: "done", facts: { boot: ["live"] } });
  expect(result.stages[0].assertions[0]).toMatchObject({ holds: true, seconds: 70, within: 180 });
});
