import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { programs } from "../../../local/mirror/src/packages";
import { root } from "./engine";

// A package is taken for installed where its program is there. A program of that name that another package brings would
// keep it from being installed: iproute2's `bridge` did, for the network plugin, on each machine that was new.
const PATH = `${process.env.PATH}:/usr/sbin:/sbin:/usr/lib/cni`;
const pairs = readFileSync(join(root, "local/engine/build"), "utf8").matchAll(/ ([a-z0-9-]+):([a-z0-9-]+)(?=[ ;])/g);

/** The package's files of that name, where they really are. */
function filesOf(name: string, program: string): string[] {
  const { stdout } = spawnSync("dpkg", ["-L", name], { encoding: "utf8" });
  return stdout
    .split("\n")
    .filter((path) => basename(path) === program)
    .map((path) => realpathSync(path));
}

test.each([...[...pairs].map(([, program = "", name = ""]) => [program, name]), ...Object.entries(programs)])(
  "%s is a program of %s",
  (program, name) => {
    const found = Bun.which(program, { PATH });
    expect(filesOf(name, program)).toContain(found ? realpathSync(found) : "nothing");
  },
);
