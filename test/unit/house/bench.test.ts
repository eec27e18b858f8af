import { expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeNames } from "../../nodes.js";
import { originRepository } from "../workflows/origin.js";

setDefaultTimeout(60_000);

const root = join(import.meta.dir, "../../..");

// Without an engine: with a launcher that notes its calls, and has the sources that the real one has on this machine.
test("bench/build.ts goes through the launcher alone, and counts builds that no layer is kept of", () => {
  const { clone, remove } = originRepository();
  try {
    symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
    rmSync(join(clone, "local"), { recursive: true });
    const notes = `echo "$*" >> calls\n[ "$1" != sources ] || echo 'sources: { of: the launcher }'\n`;
    const saved = `case $1 in --sources=*) cp "\${1#--sources=}" salted ;; esac\n`;
    writeFileSync(join(clone, "hegemonikon"), `#!/bin/sh\nset -e\n${notes}${saved}`, { mode: 0o755 });
    const args = ["bench/build.ts", "--all"];
    const ran = spawnSync(process.execPath, args, { cwd: clone, encoding: "utf8", env: { PATH: process.env.PATH } });
    expect([ran.stderr, ran.status]).toEqual(["", 0]);

    const calls = readFileSync(join(clone, "calls"), "utf8").trim().split("\n");
    const at = calls.indexOf("sources contents");
    const built = (lines: string[]) => lines.map((line) => /^(?:\S+ )*build --node=(\w+) -o \S+$/.exec(line)?.[1]);
    const names = nodeNames(root);
    expect(built(calls.slice(0, at)).sort()).toEqual(names);
    expect(calls.slice(0, at).join()).not.toContain("--sources");
    const counted = calls.slice(at + 1);
    expect(built(counted).slice(0, 3)).toEqual(["noos", "noos", "noos"]);
    expect(built(counted.slice(2)).sort()).toEqual(names);
    for (const call of counted) expect(call).toStartWith("--sources=");
    expect(readFileSync(join(clone, "salted"), "utf8")).toMatch(
      /^sources: \{ of: the launcher \}\n[\s\S]*a cold build/,
    );
    expect(ran.stdout).toMatch(/^noos, cold: [\d.]+ s/m);
  } finally {
    remove();
  }
});
