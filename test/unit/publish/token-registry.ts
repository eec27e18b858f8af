import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificates } from "../../engine/publish/registry";

/** A registry as far as it is asked before a build: who gets a token there, and who may open an upload. */
export type TokenRegistry = {
  host: string;
  /** Where its certificates are. */
  dir: string;
  /** The authority's certificate, PEM. */
  ca: string;
  /** Every request, `METHOD PATH`. */
  asked: string[];
  /** Where an upload that was opened goes, and what the registry answers to who may open one. */
  uploads: { location: string; status: number };
  remove(): Promise<void>;
};

/** The accounts: name and password are equal. */
const ACCOUNTS = ["writer", "reader"];

/**
 * Starts one that gives tokens, like ghcr.io: a wrong account and an image that is not there are both denied with 403 at the
 * token's address (seen there: oras-project/oras#1161), a right that is lacking only when an upload is opened.
 * @param trusted one whose certificate it has, too
 */
export async function startTokenRegistry(address: string, trusted?: TokenRegistry): Promise<TokenRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "hegemonikon-tokens-"));
  if (trusted) cpSync(trusted.dir, dir, { recursive: true });
  else certificates(dir, address);
  const asked: string[] = [];
  const uploads = { location: "/v2/upload/1", status: 202 };
  const denied = (message: string) => Response.json({ errors: [{ code: "DENIED", message }] }, { status: 403 });
  const server = Bun.serve({
    hostname: address,
    port: 0,
    tls: { cert: readFileSync(join(dir, "tls.pem")), key: readFileSync(join(dir, "tls.key")) },
    fetch(request) {
      const url = new URL(request.url);
      asked.push(`${request.method} ${url.pathname}${url.search}`);
      const given = request.headers.get("authorization") ?? "";
      if (url.pathname === "/token") {
        const [name = "", password] = atob(given.replace("Basic ", "")).split(":");
        const known = ACCOUNTS.includes(name) && name === password;
        const writing = url.searchParams.get("scope")?.endsWith("push");
        return known && writing ? Response.json({ token: name }) : denied("denied");
      }
      if (!given) {
        const realm = `https://${url.host}/token`;
        const challenge = `Bearer realm="${realm}",service="${address}",scope="repository:none:pull"`;
        return new Response("", { status: 401, headers: { "www-authenticate": challenge } });
      }
      if (request.method === "DELETE") return new Response("", { status: 405 });
      if (!url.pathname.endsWith("/blobs/uploads/")) return denied("denied");
      if (given !== "Bearer writer") return denied("permission_denied: write_package");
      return new Response("", { status: uploads.status, headers: { location: uploads.location } });
    },
  });
  return {
    host: `${address}:${server.port}`,
    dir,
    ca: readFileSync(join(dir, "ca.pem"), "utf8"),
    asked,
    uploads,
    remove: async () => {
      await server.stop(true);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
