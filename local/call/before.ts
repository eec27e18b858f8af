import { type Arg, innermost } from "./model.js";
import { outputProblem } from "./output-place.js";
import type { Plan } from "./plan.js";
import { secretProblem } from "./secret.js";
import { UsageError } from "./usage.js";
import type { FlagValue } from "./value.js";

/** Throws one error for all of a call that this machine knows to be wrong before an engine is asked. */
export function refuseEarly(plan: Plan): void {
  const problems = [
    ...secretProblems(plan.constructorArgs, plan.constructorValues),
    ...plan.steps.flatMap(({ fn, values }) => secretProblems(fn.args, values)),
    ...outputProblems(plan),
  ];
  if (problems.length === 0) return;
  const path = plan.steps.map(({ fn }) => fn.command);
  const list = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  ${problem}`).join("");
  throw new UsageError(`${path.join(" ")}:${list}`, path);
}

function secretProblems(args: readonly Arg[], values: ReadonlyMap<string, FlagValue>): string[] {
  return args
    .filter(({ type }) => innermost(type).name === "Secret")
    .flatMap(({ flag }) =>
      [values.get(flag) ?? []].flat().flatMap((address) => {
        const problem = secretProblem(String(address));
        return problem === undefined ? [] : [`--${flag}: ${problem}`];
      }),
    );
}

/** -o, and the path of an `export` that a chain ends with. */
function outputProblems({ globals, returns, steps }: Plan): string[] {
  const last = steps.at(-1);
  const exported = last?.fn.name === "export" ? last.values.get("path") : undefined;
  const places: [string, string | undefined][] = [
    [
      "-o",
      globals.output === undefined || returns.kind === "list"
        ? undefined
        : outputProblem(globals.output, innermost(returns)),
    ],
    [
      "--path",
      last && exported !== undefined
        ? outputProblem(String(exported), { kind: "object", name: last.on.name })
        : undefined,
    ],
  ];
  return places.flatMap(([flag, problem]) => (problem === undefined ? [] : [`${flag}: ${problem}`]));
}
