import { cpSync } from "node:fs";
import { basename } from "node:path";

/** A call as the engine hands it to a module: no `fn` is the constructor. */
export type ModuleCall = { fn?: string; state?: object; args?: { [name: string]: unknown } };

/** What the module answered: a value, an error's message, or what the fake could not answer. */
export type Answer = { value?: unknown; error?: string; unknown: string[] };

type Reply = { [field: string]: unknown };

/**
 * An engine for one call, on loopback: it says which function is wanted, with which arguments, and takes the answer. Its
 * Directory and File objects are paths of this machine, and they know `export` and `name`.
 */
export function fakeEngine(module: string, call: ModuleCall) {
  const answer: Answer = { unknown: [] };
  const args = Object.entries(call.args ?? {});
  const current = (field: string, value: unknown): Reply => ({ currentFunctionCall: { [field]: value } });

  const replies: [RegExp, (...found: string[]) => Reply][] = [
    [/currentModule ?\{ ?name/, () => ({ currentModule: { name: module } })],
    [/currentFunctionCall ?\{ ?parentName/, () => current("parentName", "Hegemonikon")],
    [/currentFunctionCall ?\{ ?name/, () => current("name", call.fn ?? "")],
    [/currentFunctionCall ?\{ ?parent\b/, () => current("parent", JSON.stringify(call.state ?? null))],
    [
      /currentFunctionCall ?\{ ?inputArgs/,
      () =>
        current(
          "inputArgs",
          args.map((_, i) => ({ id: `argument ${i}` })),
        ),
    ],
    [/id: ?"argument (\d+)".*\bname\b/, (_, i) => ({ node: { name: args[Number(i)]?.[0] } })],
    [/id: ?"argument (\d+)".*\bvalue\b/, (_, i) => ({ node: { value: JSON.stringify(args[Number(i)]?.[1]) } })],
    [
      /id: ?"(\/[^"]*)".*export ?\(path: ?"([^"]*)"/,
      (_, from = "", to = "") => {
        cpSync(from, to, { recursive: true });
        return { node: { export: to } };
      },
    ],
    [/id: ?"(\/[^"]*)".*\bname\b ?\}/, (_, path = "") => ({ node: { name: basename(path) } })],
    [/id: ?"(\/[^"]*)".*\bid\b ?\}/, (_, path) => ({ node: { id: path } })],
    [
      /returnValue ?\(value: ?(.*)\) ?\}/,
      (_, json = "") => {
        answer.value = JSON.parse(JSON.parse(json)); // JSON, in a string of the query
        return current("returnValue", null);
      },
    ],
    [
      /[{ ]error ?\(message: ?("(?:[^"\\]|\\.)*")/,
      (_, message = "") => {
        answer.error = JSON.parse(message);
        return { error: { id: "error" } };
      },
    ],
    [/returnError/, () => current("returnError", null)],
  ];

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { query } = (await request.json()) as { query: string };
      const text = query.replace(/\s+/g, " ");
      for (const [form, reply] of replies) {
        const found = form.exec(text);
        if (found) return Response.json({ data: reply(...found) });
      }
      answer.unknown.push(text);
      return Response.json({ errors: [{ message: `the fake engine does not know: ${text}` }] });
    },
  });
  const environment = { DAGGER_SESSION_PORT: String(server.port), DAGGER_SESSION_TOKEN: "none" };
  return { answer, environment, stop: () => server.stop(true) };
}
