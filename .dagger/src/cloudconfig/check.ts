import type { Problem } from "../errors.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { CLOUD_CONFIG } from "./cloud-config.js";
import { CLOUD_INIT } from "./cloud-init.js";
import { headerProblem } from "./header.js";
import { places } from "./places.js";
import { rootFindings } from "./root-rules.js";
import { entries, rootOf } from "./view.js";
import { compare } from "./walk.js";

/**
 * Every mistake in a cloud-config.yaml, against what Kairos and yip accept at the versions in upstream.ts.
 * Errors of the YAML itself (rule ids yaml/...) are among them. Never throws; sorted by place.
 */
export function checkCloudConfig(file: string, text: string): Problem[] {
  return checkParsedCloudConfig(parseYaml(file, text));
}

/** The same for a file that is already parsed. */
export function checkParsedCloudConfig(yaml: ParsedYaml): Problem[] {
  // Without a value the file could not be read without guessing: the parser's problems say all there is.
  if (yaml.value === undefined || !yaml.doc) return [...yaml.problems];
  const root = rootOf(yaml);
  const keys = entries(root).map(([key]) => key);
  const header = headerProblem(yaml.file, yaml.text, keys, Object.keys(CLOUD_INIT));
  const place = places(yaml.text);
  const found = [...compare(root, CLOUD_CONFIG), ...rootFindings(root, yaml.text)].map(
    ({ view, finding, on }): Problem => {
      const span = place(view, on);
      return { file: yaml.file, severity: "error", ...(span ? { span } : {}), ...finding };
    },
  );
  return [...yaml.problems, ...(header ? [header] : []), ...found].sort(
    (a, b) =>
      (a.span?.line ?? 0) - (b.span?.line ?? 0) ||
      (a.span?.column ?? 0) - (b.span?.column ?? 0) ||
      a.rule.localeCompare(b.rule, "en"),
  );
}
