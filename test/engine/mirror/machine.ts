import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mirror = join(import.meta.dir, "../../../local/mirror");

/** A mirror of a test's own: an empty cache, and an mmdebstrap in whose place a test puts its own. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "mirror-"));
  readonly cache = join(this.folder, "cache/hegemonikon/mirror");
  private readonly env = {
    ...process.env,
    PATH: `${this.folder}:${process.env.PATH}`,
    XDG_CACHE_HOME: join(this.folder, "cache"),
  };

  /** Replaces mmdebstrap: `script` sees the file to make as $target. */
  mmdebstrap(script: string): void {
    const target = 'for arg; do case "$arg" in */rootfs.tar) target=$arg ;; esac; done';
    const file = join(this.folder, "mmdebstrap");
    writeFileSync(file, `#!/bin/sh\n${target}\necho called >> ${this.folder}/calls\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Hides programs of this machine: PATH then leads to links to all the others. */
  hide(names: Set<string>): void {
    const links = join(this.folder, "bin");
    rmSync(links, { recursive: true, force: true });
    mkdirSync(links);
    for (const folder of (process.env.PATH ?? "").split(":").reverse()) {
      for (const name of existsSync(folder) ? readdirSync(folder) : []) {
        if (names.has(name)) continue;
        rmSync(join(links, name), { force: true });
        symlinkSync(join(folder, name), join(links, name));
      }
    }
    for (const name of names) rmSync(join(this.folder, name), { force: true });
    this.env.PATH = `${this.folder}:${links}`;
  }

  async run(verb: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = Bun.spawn([join(mirror, verb), ...args], { env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, stdout, stderr };
  }

  /** Starts a verb in a process group of its own, as a terminal does. */
  start(verb: string, ...args: string[]) {
    return Bun.spawn(["setsid", join(mirror, verb), ...args], { env: this.env, stdio: ["ignore", "ignore", "ignore"] });
  }

  /** Gives the cache a disk of its own that is full after `size` bytes. */
  smallDisk(size: number): void {
    mkdirSync(this.cache, { recursive: true });
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size}`, "small", this.cache]);
  }

  async calls(): Promise<number> {
    const file = Bun.file(join(this.folder, "calls"));
    return (await file.exists()) ? (await file.text()).trim().split("\n").length : 0;
  }

  state(): Promise<{ registry: string; files: string; standins: { name: string; digest: string; archs: string[] }[] }> {
    return Bun.file(join(this.cache, "state.json")).json();
  }

  built(): string[] {
    return readdirSync(join(this.cache, "built"));
  }

  async remove(): Promise<void> {
    await this.run("down");
    Bun.spawnSync(["umount", this.cache], { stderr: "ignore" });
    rmSync(this.folder, { recursive: true });
  }
}

/** An mmdebstrap that makes a root file system of one file. */
export const smallRoot =
  'mkdir -p "$target.d/etc" && echo ok > "$target.d/etc/small" && tar -cf "$target" -C "$target.d" .';
