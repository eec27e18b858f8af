import { join } from "node:path";
import { moduleApi } from "./call/api.js";
import { refuseEarly } from "./call/before.js";
import { coreApi, keptCoreApi } from "./call/core.js";
import { describe, mayBeLoss } from "./call/failure.js";
import { findMod, noGlobals } from "./call/flags.js";
import { help } from "./call/help.js";
import { locate, type ModuleLocation } from "./call/location.js";
import { type Api, findObject } from "./call/model.js";
import { type Plan, plan } from "./call/plan.js";
import { closeSessions, type EngineSession, openSession } from "./call/session.js";

/**
 * `bun local/call.ts FUNCTION [flags]`: calls a function of the module as `dagger call` does, with the module's code in
 * this process and only the engine's work in the engine. Results go to stdout, everything else to stderr.
 */
const program = process.env.HEGEMONIKON_PROGRAM ?? "./hegemonikon";
/** Asked by the launcher before it starts an engine: exit code 0 and silence where a call would need one. */
const needsEngine = "--needs-engine";
let session: EngineSession | undefined;
let cancelled = false;

async function needs(words: string[]): Promise<boolean> {
  const planned = plan(words, await moduleApi(locateModule(words)), keptCoreApi());
  if ("needsCore" in planned) return true;
  if (onlyHelp(planned)) return false;
  refuseEarly(planned);
  return true;
}

function locateModule(words: string[]): ModuleLocation {
  return locate(findMod(words) ?? join(import.meta.dir, ".."));
}

function onlyHelp(planned: Plan): boolean {
  return planned.globals.help || planned.steps.length === 0;
}

async function main(words: string[]): Promise<void> {
  const module = locateModule(words);
  const api = await moduleApi(module);
  let core = keptCoreApi();
  let planned = plan(words, api, core);
  if ("needsCore" in planned) {
    session = await openSession({ ...noGlobals(), silent: true });
    core = await coreApi(session);
    planned = plan(words, api, core);
    if ("needsCore" in planned) throw new Error("the engine's API does not describe this chain");
  }
  if (onlyHelp(planned)) {
    await closeSessions();
    return showHelp(planned, api, core);
  }
  refuseEarly(planned);
  await call(planned, module, api, core);
}

function showHelp(planned: Plan, api: Api, core: Api | undefined): void {
  const apis = core ? [api, core] : [api];
  const last = planned.steps.at(-1);
  const main = findObject(api.main?.object ?? "", [api]);
  const text = help(
    {
      program,
      path: planned.steps.map((step) => step.fn.command),
      ...(last && { fn: last.fn }),
      constructorArgs: planned.constructorArgs,
      returns: planned.returns,
      description: last ? last.fn.description : (main?.description ?? ""),
    },
    apis,
    Math.max(60, (process.stdout.columns ?? 100) - 1),
  );
  process.stdout.write(text);
}

async function call(planned: Plan, module: ModuleLocation, api: Api, core: Api | undefined): Promise<void> {
  // The SDK and the module's code load while the CLI connects.
  const opening = session ? Promise.resolve(session) : openSession(planned.globals);
  const loading = import("./call/run.js").then((all) =>
    all
      .loadClasses(
        module,
        api.objects.map((object) => object.name),
      )
      .then((classes) => ({ ...all, classes })),
  );
  opening.catch(() => {});
  loading.catch(() => {});
  const { run, connect, print, classes } = await loading;
  session = await opening;
  const ready = session;
  await connect(ready);
  const caller = { session: ready, module, api, classes, core: async () => core ?? (await coreApi(ready)) };
  const outcome = await run(planned, caller);
  await closeSessions(); // the last of the progress comes before the result
  print(outcome, planned.globals);
}

/** Ends what this call started, and says so. A second signal does not wait. */
function interrupted(code: number): void {
  const stop = () => {
    if (cancelled) process.exit(code);
    cancelled = true;
    process.stderr.write("Canceled.\n");
    void closeSessions().finally(() => process.exit(code));
  };
  process.on(code === 130 ? "SIGINT" : "SIGTERM", stop);
}

interrupted(130);
interrupted(143);
let code = 0;
try {
  const words = process.argv.slice(2);
  if (words[0] === needsEngine) code = (await needs(words.slice(1))) ? 0 : 1;
  else await main(words);
} catch (error) {
  code = 1;
  if (process.argv[2] !== needsEngine) code = await report(error);
}
process.exitCode = code;

async function report(error: unknown): Promise<number> {
  // What broke because we ended the session is no news; the handler of the signal ends this process.
  if (cancelled) return await new Promise(() => {});
  const lost = mayBeLoss(error) ? await session?.lost() : undefined;
  await closeSessions();
  const failure = describe(error, program, lost);
  process.stderr.write(failure.message);
  return failure.code;
}
