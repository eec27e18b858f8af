import { expect, test } from "bun:test";
import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { base } from "../../../.dagger/src/image/base.js";
import { SCRIPTS } from "../../../.dagger/src/image/scripts.js";
import { nodeImage, onEngine } from "../build/engine";

// A pinned archive in a real base: apt reads it, prefers it to what the base has, and could go back to it.

/** The base of kairos with its archive pinned. A stand-in is Debian, which has no snapshot in sources.yaml: it gets one. */
async function pinned(): Promise<{ url: string; container: Container }> {
  const { head } = (await nodeImage("kairos")).recipe;
  const fresh = dag.container({ platform: head.platform as Platform }).from(head.base.address);
  const id = /^ID=(\w+)$/m.exec(await fresh.file("/usr/lib/os-release").contents())?.[1] ?? "";
  const own = head.snapshots.find(({ distribution }) => distribution === id);
  if (own) return { url: own.url, container: base(head) };
  expect(id).toBe("debian");
  const url = "http://deb.debian.org/debian";
  const container = fresh
    .withoutDirectory("/etc/apt/sources.list.d")
    .withNewFile("/etc/apt/sources.list", "deb http://archive.invalid/debian bookworm main\n")
    .withNewFile("/table", `debian ${url}\n`)
    .withMountedDirectory(SCRIPTS, dag.host().directory(".dagger/src/image/scripts"))
    .withExec([`${SCRIPTS}/apt-sources.sh`, "/table"]);
  return { url, container };
}

test("apt reads the pinned archive, prefers it to the base's own packages, and can go back to it", async () => {
  await onEngine(async () => {
    const { url, container } = await pinned();
    const updated = container.withExec(["apt-get", "-o", "Acquire::https::Verify-Peer=false", "update"]);
    expect(await updated.stderr()).not.toContain("E: ");
    const policy = await updated.withExec(["apt-cache", "policy"]).stdout();
    expect(policy).toMatch(new RegExp(`^ *1001 ${url.replaceAll(".", "\\.")} \\S+/main \\S+ Packages$`, "m"));
    // A simulation: what is newer in the base would be set back, and that is allowed.
    expect(await updated.withExec(["apt-get", "-s", "dist-upgrade"]).stdout()).toMatch(/^\d+ upgraded, /m);
  });
});
