import { checkParsedCloudConfig } from "../cloudconfig/check.js";
import { headerOf } from "../cloudconfig/header.js";
import { RULE_WORDS } from "../cloudconfig/rule-words.js";
import { place } from "../errors.js";
import { parseYaml } from "../yaml/parse.js";

/** The argument, in place of a file's name: a Secret has none. */
const ARGUMENT = "--config";

/**
 * What keeps a machine from taking a cloud-config, a line each: place, the id of the rule and what that finds. Never a word of the
 * text, which may hold passwords and tokens. Empty where it is fit; warnings do not count.
 */
export function personalProblems(text: string): string[] {
  if (text.trim() === "") return [`${ARGUMENT}: it is empty`];
  const yaml = parseYaml(ARGUMENT, text);
  const problems = checkParsedCloudConfig(yaml)
    .filter(({ severity, rule }) => severity === "error" && rule !== "cloud-config/header")
    .map((problem) => `${place(problem)}: ${[problem.rule, RULE_WORDS[problem.rule] ?? []].flat().join(": ")}`);
  // A parser that gave up knows nothing of what the file is.
  if (problems.length > 0) return problems;
  if (headerOf(text) === "#cloud-config") return [];
  return [`${ARGUMENT}:1:1: it does not start with the line #cloud-config, so that Kairos would pass it by`];
}
