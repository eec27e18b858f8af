import { randomUUID } from "node:crypto";
import { type Container, dag, type File, ReturnType, type Secret } from "@dagger.io/dagger";
import { HegemonikonError } from "../errors.js";
import { failureText, isNotFound, isWorthRetrying } from "../plan/release-failure.js";

/** How a registry is reached. */
export type Access = {
  host: string;
  /** Absent for what anyone may read. */
  login?: { username: string; password: Secret };
  /** The certificate authority of a registry with its own, in PEM; the tools trust the public ones beside it. */
  ca?: File;
};

/** Where the login and the authority stand in a tool's container. */
const FOLDER = "/hegemonikon-registry";

/** A tool that talks to a registry: its pinned image with the login mounted as a secret. */
export async function registryTool(address: string, access: Access): Promise<Container> {
  let tool = dag.container().from(address).withEnvVariable("DOCKER_CONFIG", FOLDER).withEnvVariable("HOME", "/tmp");
  if (access.login) {
    const { username, password } = access.login;
    const auth = Buffer.from(`${username}:${(await password.plaintext()).trim()}`).toString("base64");
    // Where Docker Hub is concerned, every tool looks for this name.
    const host = access.host === "docker.io" ? "https://index.docker.io/v1/" : access.host;
    const config = dag.setSecret(`registry-${randomUUID()}`, JSON.stringify({ auths: { [host]: { auth } } }));
    // The tools' images have users of their own, and not every image knows one by the name of root.
    tool = tool.withMountedSecret(`${FOLDER}/config.json`, config, { mode: 0o444 });
  }
  if (access.ca) {
    const path = `${FOLDER}/ca.pem`;
    tool = tool.withMountedFile(path, readable(access.ca)).withEnvVariable("SSL_CERT_FILE", path);
  }
  return tool;
}

/** A file that every user may read, whatever its mode was on the caller's disk: cosign's image has no root. */
export function readable(file: File): File {
  return dag.directory().withFile("file", file, { permissions: 0o444 }).file("file");
}

/** A step with a tool: what it is for, shown when it fails, and where. */
export type ToolStep = { step: string; where: string };

/** Runs a tool by its image's entrypoint and returns what it printed. Throws one message for people where it fails. */
export async function runTool(tool: Container, args: readonly string[], at: ToolStep): Promise<string> {
  return (await doneTool(tool, args, at)).stdout();
}

/** The same for what a tool writes: its container when it is done. */
export async function doneTool(
  tool: Container,
  args: readonly string[],
  { step, where }: ToolStep,
): Promise<Container> {
  const { run, code, output } = await finished(tool, args);
  if (code !== 0) throw new HegemonikonError(failureText(step, where, output));
  return run;
}

/** The same for a question whose answer may be that there is no such thing: undefined. */
export async function askTool(
  tool: Container,
  args: readonly string[],
  { step, where }: ToolStep,
  isAbsent: (output: string) => boolean = isNotFound,
): Promise<string | undefined> {
  const { run, code, output } = await finished(tool, args);
  if (code === 0) return run.stdout();
  if (isAbsent(output)) return undefined;
  throw new HegemonikonError(failureText(step, where, output));
}

/** The same for a question that a tool answers by failing: its words where they say no, undefined where it says yes. */
export async function refusalOf(
  tool: Container,
  args: readonly string[],
  { step, where }: ToolStep,
  isRefusal: (output: string) => boolean,
): Promise<string | undefined> {
  const { code, output } = await finished(tool, args);
  if (code === 0) return undefined;
  if (isRefusal(output)) return output;
  throw new HegemonikonError(failureText(step, where, output));
}

/** Waits between the attempts at a step that writes, in ms: a registry that restarts is back by the last one. */
const PAUSES = [1_000, 4_000];

/** Runs a step that writes; its container when it is done. What a moment's trouble may have caused is tried again: each of these steps can be repeated. */
export async function writeTool(tool: Container, args: readonly string[], at: ToolStep): Promise<Container> {
  for (let attempt = 0; ; attempt++) {
    const { run, code, output } = await finished(tool, args);
    if (code === 0) return run;
    const pause = PAUSES[attempt];
    if (pause === undefined || !isWorthRetrying(output))
      throw new HegemonikonError(failureText(at.step, at.where, output));
    await new Promise((wake) => setTimeout(wake, pause));
  }
}

/** What a registry says is true for a moment only, so nothing that a tool does is taken from the engine's cache. */
async function finished(tool: Container, args: readonly string[]) {
  const fresh = tool.withEnvVariable("HEGEMONIKON_CALL", randomUUID());
  const run = fresh.withExec([...args], { useEntrypoint: true, expect: ReturnType.Any });
  const code = await run.exitCode();
  const output = code === 0 ? "" : `${await run.stdout()}\n${await run.stderr()}`;
  return { run, code, output };
}
