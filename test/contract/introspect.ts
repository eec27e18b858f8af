import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { clientFile } from "../../local/call/api";
import type { ModuleLocation } from "../../local/call/location";
import { type Arg, typeName } from "../../local/call/model";
import { fromScan, type Scanned } from "../../local/call/scanned";

export const root = join(import.meta.dir, "../..");
const entrypoint = "node_modules/@dagger.io/dagger/dist/src/module/entrypoint/introspection_entrypoint.js";

/** What the SDK's own program says about a module; `scanned` is absent where it refuses it. */
export type Introspection = { scanned?: Scanned; said: string };

/** Runs the introspector as the engine does before a call: what it refuses here, `dagger call` refuses. */
export function introspect(module: ModuleLocation): Introspection {
  const args = [join(root, entrypoint), module.name, module.src, clientFile()];
  const run = spawnSync(process.execPath, args, { env: { ...process.env, DRY_RUN: "1" }, encoding: "utf8" });
  if (run.status !== 0) return { said: run.stdout + run.stderr };
  return { scanned: JSON.parse(run.stdout.slice(run.stdout.indexOf("{\n"))), said: run.stderr };
}

function argument(arg: Arg): string {
  const given = arg.defaultPath ?? arg.defaultAddress ?? arg.defaultValue;
  const ignore = arg.ignore ? ` ignore ${JSON.stringify(arg.ignore)}` : "";
  const optional = arg.optional && given === undefined ? "?" : "";
  const preset = given === undefined ? "" : ` = ${JSON.stringify(given)}`;
  return `${arg.name}${optional}: ${typeName(arg.type)}${preset}${ignore}`;
}

/** The API in a form that people review in a diff: a line for each function, in the order of their names. */
export function summary(scanned: Scanned): string {
  const api = fromScan(scanned);
  const lines = [`new ${api.main?.object}(${(api.main?.constructor ?? []).map(argument).join(", ")})`];
  for (const object of [...api.objects].sort((a, b) => a.name.localeCompare(b.name))) {
    lines.push("", object.name);
    for (const fn of [...object.functions].sort((a, b) => a.name.localeCompare(b.name))) {
      const args = fn.field ? "" : `(${fn.args.map(argument).join(", ")})`;
      lines.push(`  ${fn.name}${args}: ${typeName(fn.returns)}`);
    }
  }
  for (const def of [...api.enums].sort((a, b) => a.name.localeCompare(b.name))) {
    lines.push("", `${def.name}: ${def.members.map((member) => `${member.name} = ${member.value}`).join(", ")}`);
  }
  return `${lines.join("\n")}\n`;
}
