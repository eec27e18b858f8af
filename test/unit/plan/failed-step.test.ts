import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { failedStep } from "../../../.dagger/src/plan/failed-step.js";

// What a program with kairos-init's command line, made with cobra, wrote to stderr when it failed: recorded.
const cobra = readFileSync(join(import.meta.dir, "../../fixtures/tools/cobra-error.txt"), "utf8");
const cmd = ["/hegemonikon/step.sh", "Kairos: its packages", "/kairos-init", "-s", "install"];
const stamp = "2026-11-25T22:51:18Z";

/** kairos-init's log: what apt said is one message, and the steps after the failed one come after it. */
const log = [
  `${stamp} DBG running command \`apt-get -y install vim\``,
  `${stamp} DBG Command output: Reading package lists...`,
  "E: Failed to fetch https://snapshot.example.org/v/vim_9.1.deb  502  Bad Gateway",
  "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?",
  "",
  `\u001b[90m${stamp}\u001b[0m \u001b[31mERR\u001b[0m failed to run apt-get -y install ${"a-package ".repeat(300)}: exit status 100`,
  ...Array.from({ length: 30 }, (_, i) => `${stamp} INF Processing stage step ${i}`),
].join("\n");

test("kairos-init's failure: what apt said, which is far from the end of the log, and cobra's error without its usage", () => {
  const text = failedStep("noos", { cmd, exitCode: 1, stdout: log, stderr: cobra });
  expect(text).toStartWith(
    'noos: the step "Kairos: its packages" failed with exit code 1\nWhat it complained of:\n  E: Failed',
  );
  expect(text).toContain("502  Bad Gateway");
  expect(text).toEndWith("  Error: exit status 100");
  expect(text).not.toContain("--provider");
  expect(text).not.toContain("\u001b");
});

test("a line of 300 packages is shortened, and what went wrong at its end stays", () => {
  const lines = failedStep("noos", { cmd, exitCode: 1, stdout: log, stderr: "" }).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(310);
  expect(lines.find((line) => line.includes("ERR failed to run"))).toEndWith(": exit status 100");
});

test("300 packages that are not found do not hide why: the first complaints stay", () => {
  const fetch = "W: Failed to fetch http://127.0.0.1:9/dists/noble/InRelease  Could not connect";
  const missing = Array.from({ length: 300 }, (_, i) => `E: Unable to locate package p${i}`);
  const stdout = [fetch, ...missing, ...Array(20).fill("on it goes")].join("\n");
  const lines = failedStep("noos", { cmd, exitCode: 1, stdout, stderr: cobra }).split("\n");
  expect(lines[2]).toBe(`  ${fetch}`);
  expect(lines.filter((line) => line.includes("Unable to locate"))).toHaveLength(9);
  expect(lines).toContain("  E: Unable to locate package p299");
});

test("both streams are shown, stdout first, and what is among the last lines is not said twice", () => {
  const text = failedStep("noos", { cmd, exitCode: 100, stdout: "Reading\nE: no such package", stderr: "W: old list" });
  expect(text.split("\n").slice(1)).toEqual([
    "The last lines it wrote:",
    "  Reading",
    "  E: no such package",
    "  W: old list",
  ]);
});

test("a program's own Usage: without an error before it stays", () => {
  const text = failedStep("noos", { cmd, exitCode: 2, stdout: "", stderr: "Usage:\n  x [flags]" });
  expect(text).toContain("Usage:");
});

test("syft, which has no title, is named by what it is for", () => {
  const text = failedStep("noos", { cmd: ["/syft", "scan", "dir:/rootfs"], exitCode: 1, stdout: "", stderr: "x" });
  expect(text).toStartWith('noos: the step "the SBOM: what syft finds" failed');
});

test("a crash inside dpkg points at the emulator, whose fault it may be", () => {
  // as in tonistiigi/binfmt#245
  const lines = [
    "Setting up libc-bin (2.35-0ubuntu3.9) ...",
    "qemu: uncaught target signal 11 (Segmentation fault) - core dumped",
    "dpkg: error processing package libc-bin (--configure):",
    " installed libc-bin package post-installation script subprocess returned error exit status 139",
  ];
  const text = failedStep("thuroros", { cmd, exitCode: 1, stdout: lines.join("\n"), stderr: "" });
  expect(text.split("\n")[0]).toEndWith('see docs/build.md, "Another architecture"');
});

test("a package that would drive out another: both are named, and where it is written that this is not done", () => {
  // as apt and install-packages.sh say it
  const stderr = "E: Packages need to be removed but remove is disabled.\nE: chrony would remove systemd-timesyncd\n";
  const packages = ["/hegemonikon/step.sh", "the node's packages", "install-packages.sh", "chrony", "curl"];
  const lines = failedStep("probe", { cmd: packages, exitCode: 100, stdout: "", stderr }).split("\n");
  expect(lines[0]).toStartWith(
    'probe: the step "the node\'s packages" failed with exit code 100: one of these packages',
  );
  expect(lines[0]).toEndWith('see docs/nodes.md, "packages"');
  expect(lines).toContain("  E: chrony would remove systemd-timesyncd");
  const emulator = ["/hegemonikon/step.sh", "the emulator", "install-packages.sh", "qemu-system-x86"];
  expect(failedStep("probe", { cmd: emulator, exitCode: 100, stdout: "", stderr })).not.toContain("docs/nodes.md");
});
