import { type ChildProcess, spawn } from "node:child_process";
import { connect as connectSocket } from "node:net";
import { createInterface } from "node:readline";
import type { Globals } from "./flags.js";
import { ProgressLines } from "./progress-line.js";
import { CallError } from "./usage.js";

/** A connection to an engine, held open by the Dagger CLI. */
export type EngineSession = {
  port: number;
  token: string;
  /** Ends it, and nothing else. Resolves when it is gone. */
  close: () => Promise<void>;
  /** Why the engine cannot be reached any more; undefined while it answers. */
  lost: () => Promise<string | undefined>;
};

/** Ends the sessions that this process started. */
const open = new Set<() => Promise<void>>();
export async function closeSessions(): Promise<void> {
  await Promise.all([...open].map((close) => close()));
}

/** How long the CLI may take to reach an engine, in ms: it may have to start one in a container first. */
const connectTimeout = 5 * 60_000;
/** How long a session may take to end in order, in ms; it does so in 0.1 s unless its engine is gone. */
const closeTimeout = 3_000;
/** How long an engine may take to answer the smallest question, in ms. */
const answerTimeout = 5_000;
/** A call that is done by then shows no progress, in ms. */
const quietFor = Number(process.env.HEGEMONIKON_QUIET_MS || 3_000);

/**
 * A runner at a Unix socket that nobody listens to is reported at once: the CLI would try for minutes.
 */
async function checkRunner(host: string | undefined): Promise<void> {
  if (!host?.startsWith("unix://")) return;
  const path = host.slice("unix://".length);
  await new Promise<void>((resolve, reject) => {
    const socket = connectSocket(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "ENOENT" ? "there is no such socket" : "nobody answers there";
      reject(new CallError(`no engine at ${host} (_EXPERIMENTAL_DAGGER_RUNNER_HOST): ${why}. Is it running?`));
    });
  });
}

/** The progress of the CLI: kept back at first, so that a quick call prints its result only. */
class Progress {
  private kept: Buffer[] = [];
  private shown = false;
  private readonly lines = new ProgressLines();
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(child: ChildProcess, silent: boolean) {
    this.timer = setTimeout(() => {
      this.shown = !silent;
      if (this.shown) for (const chunk of this.kept.splice(0)) this.show(chunk);
    }, quietFor);
    this.timer.unref();
    child.stderr?.on("data", (chunk: Buffer) => {
      if (this.shown) this.show(chunk);
      else this.kept.push(chunk);
    });
  }

  private show(chunk: Buffer): void {
    process.stderr.write(this.lines.take(chunk.toString()));
  }

  /** Forgets what was not shown: how the connection was made is of no interest once it stands. */
  forget(): void {
    this.kept = [];
  }

  /** No more progress; gives the last lines that nobody saw. */
  stop(): string {
    clearTimeout(this.timer);
    return Buffer.concat(this.kept).toString().trim().split("\n").slice(-5).join("\n");
  }
}

/** The CLI's surroundings: no advertisement, and no colours where nobody sees them. */
function environment(): NodeJS.ProcessEnv {
  const plain = process.stderr.isTTY ? {} : { NO_COLOR: "1" };
  return { ...process.env, DAGGER_NO_NAG: "1", ...plain };
}

/** Asks the smallest question there is, and says what was wrong with the answer. */
async function unanswered(port: number, token: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/query`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Basic ${btoa(`${token}:`)}` },
      body: JSON.stringify({ query: "{ version }" }),
      signal: AbortSignal.timeout(answerTimeout),
    });
    return response.ok ? undefined : "the connection to it broke";
  } catch (error) {
    const late = (error as { name?: string }).name === "TimeoutError";
    return late ? `no answer within ${answerTimeout / 1000} s` : "the Dagger CLI that leads to it ended";
  }
}

function cliFlags(globals: Globals): string[] {
  const flags = [`--progress=${globals.progress ?? "plain"}`];
  if (globals.silent) flags.push("--silent");
  if (globals.debug) flags.push("--debug");
  for (let i = 0; i < globals.quiet; i++) flags.push("--quiet");
  for (let i = 0; i < globals.verbose; i++) flags.push("--verbose");
  return flags;
}

/** Opens a session: the one around us (`dagger run`), or one of our own through the CLI. */
export async function openSession(globals: Globals): Promise<EngineSession> {
  const port = process.env.DAGGER_SESSION_PORT;
  const token = process.env.DAGGER_SESSION_TOKEN;
  if (port && token)
    return {
      port: Number(port),
      token,
      close: async () => {},
      lost: async () => await unanswered(Number(port), token),
    };

  await checkRunner(process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST);
  const cli = process.env._EXPERIMENTAL_DAGGER_CLI_BIN || "dagger";
  // Its own process group: a Ctrl-C at the terminal reaches us, and we end it in order. Should we be killed, its
  // standard input closes and it ends by itself.
  const child = spawn(cli, ["session", ...cliFlags(globals)], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: environment(),
  });
  const progress = new Progress(child, globals.silent);
  const gone = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(null));
  });
  const close = async () => {
    open.delete(close);
    child.stdin.destroy();
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), closeTimeout);
    await gone;
    clearTimeout(timer);
    progress.stop();
  };
  open.add(close);

  return await new Promise<EngineSession>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new CallError(`no answer from an engine within ${connectTimeout / 60_000} minutes`));
      void close();
    }, connectTimeout);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const hint = "expected the Dagger CLI on PATH or in _EXPERIMENTAL_DAGGER_CLI_BIN";
      reject(new CallError(error.code === "ENOENT" ? `no program ${cli}: ${hint}` : `${cli}: ${error.message}`));
    });
    void gone.then((code) => {
      clearTimeout(timer);
      const lines = progress.stop();
      reject(new CallError(`the Dagger CLI ended before it reached an engine (exit code ${code})\n${lines}`.trim()));
    });
    createInterface({ input: child.stdout }).once("line", (line) => {
      clearTimeout(timer);
      try {
        progress.forget();
        const { port, session_token: token } = JSON.parse(line) as { port: number; session_token: string };
        resolve({ port, token, close, lost: async () => await unanswered(port, token) });
      } catch {
        reject(new CallError(`expected connection parameters from ${cli} session, found ${JSON.stringify(line)}`));
        void close();
      }
    });
  });
}
