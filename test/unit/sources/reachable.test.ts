import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachable } from "../../../.dagger/src/sources/lock.js";

// What `lock` asks before it lets the engine fetch a file, against servers on this machine.

const folder = mkdtempSync(join(tmpdir(), "reachable-"));
const servers: { stop(force: boolean): unknown }[] = [];
afterAll(() => {
  for (const server of servers) server.stop(true);
  rmSync(folder, { recursive: true });
});

function served(options: { tls?: { key: string; cert: string } }, answer: () => Response | Promise<Response>) {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", ...options, fetch: answer });
  servers.push(server);
  return `${options.tls ? "https" : "http"}://127.0.0.1:${server.port}/file`;
}

test("what answers at all may be fetched, even by 404 or 503: some servers know no HEAD", async () => {
  for (const status of [200, 404, 503]) await reachable(served({}, () => new Response("", { status })));
});

test("where nobody listens it is said at once", async () => {
  const address = served({}, () => new Response());
  servers.pop()?.stop(true);
  await expect(reachable(address)).rejects.toThrow(/^cannot be reached \(/);
});

test("a server that says nothing is not waited for", async () => {
  const silent = served({}, () => new Promise<Response>(() => {}));
  await expect(reachable(silent, 100)).rejects.toThrow("no answer within 0.1 s");
});

test("a certificate that this program does not know is the engine's affair", async () => {
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=localhost",
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { stderr: "pipe" },
  );
  expect(made.exitCode).toBe(0);
  const tls = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  await reachable(served({ tls }, () => new Response()));
});
