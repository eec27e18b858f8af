import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { Node } from "../../.dagger/src/node/node.js";

const repository = resolve(import.meta.dir, "../..");

export type Ran = { code: number; out: string; err: string };

/** A folder that stands for a node's root: the role's files where node.yaml puts them, and fakes first on PATH. */
export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), "role-"));
  readonly node: Node;
  /** What the fakes write to and read from. */
  readonly fake = join(this.root, "fake");

  constructor(readonly name: string) {
    this.node = Node.parse(parse(readFileSync(join(repository, "nodes", name, "node.yaml"), "utf8")));
    for (const file of this.node.files) this.put(file.path, this.source(file.source), Number.parseInt(file.mode, 8));
    for (const unit of this.node.units) {
      if (unit.source) this.put(`/usr/lib/systemd/system/${unit.name}`, this.source(unit.source));
    }
    const fakes = join(import.meta.dir, name, "fakes");
    cpSync(fakes, join(this.root, "fakes"), { recursive: true });
    for (const file of readdirSync(join(this.root, "fakes"))) chmodSync(join(this.root, "fakes", file), 0o755);
    mkdirSync(this.fake);
  }

  private source(path: string): Buffer {
    return readFileSync(join(repository, "nodes", this.name, path));
  }

  path(path: string): string {
    return join(this.root, path);
  }

  put(path: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), content);
    chmodSync(this.path(path), mode);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    const path = `${this.path("fakes")}:${this.path("usr/bin")}:${process.env.PATH}`;
    return { PATH: path, HOME: "/nonexistent", HEGEMONIKON_ROOT: this.root, FAKE: this.fake, ...more };
  }

  run(program: string, args: string[] = [], more: Record<string, string> = {}): Ran {
    const ran: SpawnSyncReturns<string> = spawnSync(this.path(program), args, {
      env: this.env(more),
      encoding: "utf8",
      timeout: 30_000,
    });
    if (ran.error) throw ran.error;
    return { code: ran.status ?? -1, out: ran.stdout, err: ran.stderr };
  }

  /** As run, while this process goes on serving HTTP; `said` is told what it has printed so far. */
  async start(
    program: string,
    args: string[] = [],
    more: Record<string, string> = {},
    said: (out: string) => void = () => {},
  ): Promise<Ran> {
    const child = spawn(this.path(program), args, { env: this.env(more), stdio: ["ignore", "pipe", "pipe"] });
    const text = { out: "", err: "" };
    child.stdout.on("data", (data) => {
      text.out += data;
      said(text.out);
    });
    child.stderr.on("data", (data) => {
      text.err += data;
    });
    return new Promise((done, failed) => {
      child.on("error", failed);
      child.on("close", (code) => done({ code: code ?? -1, ...text }));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
