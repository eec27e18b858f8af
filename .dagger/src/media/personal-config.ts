import { checkParsedCloudConfig } from "../cloudconfig/check.js";
import { headerOf } from "../cloudconfig/header.js";
import { places } from "../cloudconfig/places.js";
import { RULE_WORDS } from "../cloudconfig/rule-words.js";
import { exists, at as partOf } from "../cloudconfig/view.js";
import type { Found } from "../cloudconfig/words.js";
import { type Problem, place, type Span } from "../errors.js";
import type { Node } from "../node/node.js";
import { problemLines } from "../plan/problem-lines.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { diskFindings, installation } from "./personal-disk.js";
import { keyFindings } from "./personal-keys.js";
import { administrators, nobody, peopleOf, rootMayLogIn, userFindings } from "./personal-users.js";

/** The argument, in place of a file's name: a Secret has none. */
const ARGUMENT = "--config";

/** What is wrong with an owner's cloud-config, a line each. Errors keep a machine from taking it, or its owner from the machine. */
export type PersonalProblems = { readonly errors: readonly string[]; readonly warnings: readonly string[] };

/** What the machine has besides its owner's file. A RAW disk is never installed: what is said of an installation is of no account there. */
export type OfNode = Pick<Node, "medium" | "install"> & {
  /** The cloud-config in the image: the machine has its users, while an installation reads nothing of it. */
  readonly cloudConfig: string;
};

/** A line about the file, and where it belongs among the others. */
type Said = Pick<Problem, "span" | "severity"> & { readonly line: string };

/**
 * What an owner should know of their cloud-config before it stands on a medium: the place, what was found and what would have been
 * right, or the id of a rule of any cloud-config and what that finds. Never a word of the text, which may hold passwords and
 * tokens. What the file lacks the node may have, and of the two node.yaml is the stronger.
 */
export function personalProblems(text: string, node: OfNode): PersonalProblems {
  const yaml = parseYaml(ARGUMENT, text);
  const own = ofThisOne(yaml, node);
  // What is refused here in words of its own is not said once more by a rule's id.
  const refused = new Set(own.flatMap(({ severity, span }) => (severity === "error" && span ? [placeOf(span)] : [])));
  const other = ofAnyConfig(yaml).filter(({ span }) => !span || !refused.has(placeOf(span)));
  const said = text.trim() === "" ? [error(`${ARGUMENT}: it is empty`)] : [...other, ...own];
  said.sort((a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0));
  const lines = (wanted: Said["severity"]) =>
    said.filter(({ severity }) => severity === wanted).map(({ line }) => line);
  return { errors: lines("error"), warnings: lines("warning") };
}

const placeOf = ({ line, column }: Span) => `${line}:${column}`;

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

function ofThisOne(yaml: ParsedYaml, { medium, install, cloudConfig }: OfNode): Said[] {
  if (yaml.value === undefined || !yaml.doc) return [];
  const owner = peopleOf(yaml);
  const { root } = owner;
  const find = places(yaml.text);
  const installs = medium === "iso" ? installation(root, install) : undefined;
  // What is fetched may have the users as well as the disk.
  const fetches = exists(partOf(root, "config_url"));
  const rootMay = rootMayLogIn(yaml.text, cloudConfig);
  const others =
    fetches || administrators([owner, peopleOf(parseYaml("cloud-config.yaml", cloudConfig))], rootMay).length > 0;
  const accounts = userFindings(root, { rootMay, others });
  // Without an installation that asks nobody the machine may get its people from another file, by hand.
  const complete = owner.users.length > 0 || !installs || installs.auto;
  return [
    ...accounts,
    ...keyFindings(root),
    ...(installs ? diskFindings(root, installs, fetches) : []),
    ...(others || !complete || accounts.some(locksOut) ? [] : [nobody(owner)]),
  ].map(({ view, finding, on }) => {
    const span = find(view, on);
    const problem: Problem = { file: ARGUMENT, severity: "error", ...(span ? { span } : {}), ...finding };
    return { ...problem, line: problemLines([problem]).join() };
  });
}

/** An account that is refused says already that nobody gets in. */
const locksOut = ({ finding }: Found) => finding.rule === "personal/account" && finding.severity !== "warning";
