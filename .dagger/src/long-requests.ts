/**
 * Bun ends a request after 300 s in which nothing came back (oven-sh/bun#6217); a request to the engine is silent until all
 * of its steps are done, which may take an hour: without this, "unknown error while requesting data via graphql". Bun's own
 * option `timeout: false` lifts it. The SDK sets no option of Bun's and calls the global fetch, so that is where it is set.
 */
const ownFetch = globalThis.fetch;

type Options = Parameters<typeof fetch>[1] & { timeout: false };

const patient = (input: Parameters<typeof fetch>[0], init?: Parameters<typeof fetch>[1]) =>
  ownFetch(input, { ...init, timeout: false } as Options);

globalThis.fetch = Object.assign(patient, ownFetch);
