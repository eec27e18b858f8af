import { checkParsedCloudConfig } from "../cloudconfig/check.js";
import { headerOf } from "../cloudconfig/header.js";
import { places } from "../cloudconfig/places.js";
import { RULE_WORDS } from "../cloudconfig/rule-words.js";
import { isSet, at as partOf, type View } from "../cloudconfig/view.js";
import { type Problem, place } from "../errors.js";
import type { Node } from "../node/node.js";
import { problemLines } from "../plan/problem-lines.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { diskFindings } from "./personal-disk.js";
import { keyFindings } from "./personal-keys.js";
import { nobodyFindings, userFindings } from "./personal-users.js";

/** The argument, in place of a file's name: a Secret has none. */
const ARGUMENT = "--config";

/** What is wrong with an owner's cloud-config, a line each. Errors keep a machine from taking it, or its owner from the machine. */
export type PersonalProblems = { readonly errors: readonly string[]; readonly warnings: readonly string[] };

/** A line about the file, and where it belongs among the others. */
type Said = Pick<Problem, "span" | "severity"> & { readonly line: string };

/**
 * What an owner should know of their cloud-config before it stands on a medium: the place, what was found and what would have been
 * right, or the id of a rule of any cloud-config and what that finds. Never a word of the text, which may hold passwords and
 * tokens. `medium`: a RAW disk is never installed, so that what the file says of an installation is nobody's concern there.
 */
export function personalProblems(text: string, medium: Node["medium"]): PersonalProblems {
  const yaml = parseYaml(ARGUMENT, text);
  const said =
    text.trim() === "" ? [error(`${ARGUMENT}: it is empty`)] : [...ofAnyConfig(yaml), ...ofThisOne(yaml, medium)];
  said.sort((a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0));
  const lines = (wanted: Said["severity"]) =>
    said.filter(({ severity }) => severity === wanted).map(({ line }) => line);
  return { errors: lines("error"), warnings: lines("warning") };
}

const error = (line: string): Said => ({ severity: "error", line });

function ofAnyConfig(yaml: ParsedYaml): Said[] {
  const said = checkParsedCloudConfig(yaml)
    .filter(({ rule }) => rule !== "cloud-config/header")
    .map((problem) => ({
      ...problem,
      line: `${place(problem)}: ${[problem.rule, RULE_WORDS[problem.rule] ?? []].flat().join(": ")}`,
    }));
  // A parser that gave up knows nothing of what the file is.
  if (yaml.value === undefined || headerOf(yaml.text) === "#cloud-config") return said;
  return [
    error(`${ARGUMENT}:1:1: it does not start with the line #cloud-config, so that Kairos would pass it by`),
    ...said,
  ];
}

function ofThisOne(yaml: ParsedYaml, medium: Node["medium"]): Said[] {
  if (yaml.value === undefined || !yaml.doc) return [];
  const root: View = { node: yaml.doc.contents, path: [] };
  const installs = medium === "iso";
  const auto = installs && isSet(partOf(root, "install", "auto"));
  const find = places(yaml.text);
  return [
    ...userFindings(root, yaml.text),
    ...keyFindings(root),
    ...(installs ? diskFindings(root, auto) : []),
    ...nobodyFindings(root, yaml, auto || !installs),
  ].map(({ view, finding, on }) => {
    const span = find(view, on);
    const problem: Problem = { file: ARGUMENT, severity: "error", ...(span ? { span } : {}), ...finding };
    return { ...problem, line: problemLines([problem]).join() };
  });
}
