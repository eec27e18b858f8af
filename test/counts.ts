export type Counts = { passed: number; failed: number; skipped: number };
export type TierResult = Counts & { name: string; seconds: number };

/** Reads the totals of a JUnit report. A report that cannot be read counts as nothing run. */
export function countsOf(junit: string): Counts {
  const head = /<testsuites\b[^>]*>/.exec(junit)?.[0] ?? "";
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number("failures") + number("errors");
  const skipped = number("skipped");
  return { passed: number("tests") - failed - skipped, failed, skipped };
}

/** A table of the tiers, and the line of totals that ends every run. */
export function report(results: readonly TierResult[]): string {
  const rows = results.map((r) => [r.name, `${r.passed}`, `${r.failed}`, `${r.skipped}`, `${r.seconds.toFixed(1)} s`]);
  const table = [["tier", "passed", "failed", "skipped", "time"], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join("  ")
      .trimEnd(),
  );
  const sum = (key: keyof Counts) => results.reduce((total, result) => total + result[key], 0);
  return [...lines, "", `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`].join("\n");
}
