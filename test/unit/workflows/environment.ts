/** What a runner of GitHub's tells its steps: a test that runs in one must not hand it to steps of its own. */
const RUNNERS = /^(GITHUB|RUNNER|ACTIONS|INPUT|GH)_|^CI$/;

/**
 * This process' variables without those of a workflow that the tests themselves may run in. With them a step would take
 * the machine for a hosted runner and make room on its disk, or write into the outer run's summary.
 */
export function environment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !RUNNERS.test(name));
  return { ...(Object.fromEntries(own) as Record<string, string>), RUNNER_ENVIRONMENT: "self-hosted" };
}
