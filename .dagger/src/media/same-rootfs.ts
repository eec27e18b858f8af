import type { Problem } from "../errors.js";
import type { Facts } from "./facts.js";
import type { ProblemOf } from "./problems-of.js";

/** The folders that AuroraBoot and the file system make in every root file system, where the image has none. */
const MADE = /^\/(usr\/local|usr\/local\/bin|oem|boot|persistent|snap|lost\+found)$/;

/** Where a medium's root file system is not the image's, from the facts of media/scripts/compare-content.sh. */
export function sameRootfsProblems(problem: ProblemOf, facts: Facts): Problem[] {
  const found = (kind: string) => facts.get(kind) ?? [];
  const added = found("added").filter((path) => !MADE.test(path));
  const changed = found("changed");
  const powerless = changed.some((line) => /\+cap:\S* -> /.test(line));
  const same = "the same root file system";
  const listed = (message: string, paths: readonly string[], reason?: string) =>
    paths.length > 0 ? [problem("same-rootfs", message, paths.join(", "), same, reason)] : [];
  return [
    ...listed("The medium lacks what the image has", found("missing")),
    ...listed("The medium has what the image has not", added),
    ...listed(
      "Files on the medium are not as they are in the image",
      changed,
      powerless ? "a program that lost its capability fails on the machine for everyone but root" : undefined,
    ),
  ];
}
