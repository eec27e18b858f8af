import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseProof } from "../../../.dagger/src/boot/proof";

const files = join(import.meta.dir, "../../../.dagger/src/boot/role-check/files");

/** What the host is told of a machine whose role is proven, and whose boot is finished or not. */
function told(finished: boolean) {
  const root = mkdtempSync(join(tmpdir(), "prove-"));
  const program = (folder: string, name: string, text: string) => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, name), `#!/bin/bash\n${text}\n`);
    chmodSync(join(root, folder, name), 0o755);
  };
  for (const name of ["print-tap", "facts"]) program("lib", name, "");
  program("lib", "run", 'mkdir "$2/001" && echo true > "$2/001/holds"');
  program("bin", "systemctl", 'echo "systemctl $*"');
  program("bin", "systemd-analyze", 'echo "systemd-analyze $*"');
  // the time that is given is over at once where the boot goes on
  program(
    "bin",
    "timeout",
    `[[ "$*" != *--wait* ]] || { echo "$1" >&2; exit ${finished ? 0 : 124}; }; exec /usr/bin/timeout "$@"`,
  );
  const ran = spawnSync("bash", ["-uc", `. ${files}/report.sh; . ${files}/prove.sh`], {
    encoding: "utf8",
    env: { PATH: `${join(root, "bin")}:${process.env.PATH}`, lib: join(root, "lib"), share: root, scale: "4" },
  });
  expect([ran.status, ran.stderr]).toEqual([0, "400\n"]);
  return parseProof(ran.stdout).files;
}

test("a boot that has finished: systemd-analyze's words and picture", () => {
  expect([...told(true).keys()]).toEqual(["time.txt", "blame.txt", "critical-chain.txt", "plot.svg"]);
});

test("one that waits for a device longer than that: for what, and nothing that would not be true", () => {
  expect([...told(false)]).toEqual([["boot-unfinished.txt", "systemctl --no-pager list-jobs\n"]]);
});
