/** What GitHub tells a workflow of a push to main, but for what is given. */
export function pushEvent(sha: string, before: string, given: Record<string, unknown>) {
  const event = {
    sha,
    ref: "refs/heads/main",
    ref_name: "main",
    event_name: "push",
    event: { before },
    repository: "Someone/Hegemonikon",
    server_url: "https://github.com",
    actor: "someone",
    run_number: 7,
    ...given,
  };
  return event as never;
}
