import type { EngineSession } from "./session.js";

/** An error of the engine, with what it says about a failed command. */
export class EngineError extends Error {
  override name = "EngineError";
  readonly extensions: { [key: string]: unknown };

  constructor(message: string, extensions: { [key: string]: unknown }) {
    super(message);
    this.extensions = extensions;
  }
}

/** Asks the engine. */
export async function query(session: EngineSession, text: string): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${session.port}/query`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Basic ${Buffer.from(`${session.token}:`).toString("base64")}`,
    },
    body: JSON.stringify({ query: text }),
    // A build may take hours without a byte: Bun would give up after five minutes.
    timeout: false,
  } as RequestInit);
  const body = await response.text();
  let answer: { data?: unknown; errors?: { message: string; extensions?: { [key: string]: unknown } }[] };
  try {
    answer = JSON.parse(body);
  } catch {
    const found = `status ${response.status}: ${body.slice(0, 200)}`;
    throw new EngineError(`expected JSON from the engine, found ${found}`, { status: response.status });
  }
  const first = answer.errors?.[0];
  if (first) throw new EngineError(first.message, first.extensions ?? {});
  return answer.data;
}

/** An enum's member in a query. */
export class Bare {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value in a query's text. JSON's strings are GraphQL's, but the keys of objects have no quotes. */
export function literal(value: unknown): string {
  if (value instanceof Bare) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${literal(field)}`);
    return `{${fields.join(", ")}}`;
  }
  return JSON.stringify(value);
}

/** One field of a query with its arguments. */
export type Selection = { field: string; args: [string, unknown][] };

/** A query that starts at an object and follows the fields. */
export function chainQuery(id: string, type: string, chain: Selection[]): string {
  const inner = chain.reduceRight((rest, { field, args }) => {
    const list = args.map(([name, value]) => `${name}: ${literal(value)}`).join(", ");
    return `${field}${list ? `(${list})` : ""}${rest ? ` { ${rest} }` : ""}`;
  }, "");
  return `{ node(id: ${JSON.stringify(id)}) { ... on ${type} { ${inner} } } }`;
}

/** The value at the end of a chain of fields; lists on the way are flattened into one. */
export function unwrap(data: unknown, depth: number): unknown {
  if (depth === 0) return data;
  if (Array.isArray(data)) return data.flatMap((each) => unwrap(each, depth));
  if (typeof data !== "object" || data === null) return data;
  return unwrap(Object.values(data)[0], depth - 1);
}
