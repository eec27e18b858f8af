/** Whom a registry is asked for, with the certificate authority of one that has its own, in PEM. */
export type Asker = { username: string; password: string; ca?: string | undefined };

/** A registry that says nothing for so long gives no answer, in ms. */
const SILENCE = 20_000;

/**
 * Asks a registry whether an account may push, by opening an upload and dropping it again: nothing is stored and nothing
 * shows. No tool asks that without pushing something, and who may read may not write yet; ghcr.io answers a wrong or
 * expired token as it answers a question for an image that is not there yet, until it is asked for this.
 * @param repository registry, path and node
 * @returns the registry's words where it refuses; undefined where it agrees, or gives no clear answer
 */
export async function refusedPush(repository: string, asker: Asker): Promise<string | undefined> {
  const [host = "", ...path] = repository.split("/");
  // Docker Hub's interface has another name than its images.
  const api = `https://${host === "docker.io" ? "registry-1.docker.io" : host}`;
  const name = path.join("/");
  const uploads = `${api}/v2/${name}/blobs/uploads/`;
  const ask = (url: string, method: string, authorization?: string) =>
    fetch(url, {
      method,
      headers: authorization ? { authorization } : {},
      signal: AbortSignal.timeout(SILENCE),
      ...(asker.ca ? { tls: { ca: asker.ca } } : {}),
    });
  try {
    const first = await ask(uploads, "POST");
    const challenge = first.status === 401 ? (first.headers.get("www-authenticate") ?? "") : "";
    let [answer, authorization]: [Response, string | undefined] = [first, undefined];
    const basic = `Basic ${Buffer.from(`${asker.username}:${asker.password.trim()}`).toString("base64")}`;
    if (/^basic\b/i.test(challenge)) authorization = basic;
    else if (/^bearer\b/i.test(challenge)) {
      const url = tokenAddress(challenge, name);
      if (!url) return undefined;
      const given = await ask(url, "GET", basic);
      if (given.status === 401 || given.status === 403) return words(`GET ${url}`, given);
      const { token, access_token } = (await given.json()) as { token?: string; access_token?: string };
      authorization = `Bearer ${token ?? access_token}`;
    }
    if (authorization) answer = await ask(uploads, "POST", authorization);
    if (isRefusal(answer.status)) return words(`POST ${uploads}`, answer);
    const opened = answer.status === 202 ? answer.headers.get("location") : null;
    const upload = opened ? new URL(opened, uploads) : undefined;
    // A bucket that uploads go to is somebody else: it is not told the password. ghcr.io takes no such word, and forgets the
    // upload by itself, as the others do in time.
    if (upload?.origin === new URL(uploads).origin) await ask(upload.href, "DELETE", authorization);
  } catch {
    // A registry that cannot be reached, or not trusted, is another question, which oras asks.
  }
  return undefined;
}

/** A registry that has no such project says 404 and one for reading alone 405; 408 and 429 are of the moment. */
const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** Where the token for a push is had, from what the registry says; undefined where a password would go there in the clear. */
function tokenAddress(challenge: string, name: string): string | undefined {
  const said = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  if (!said.realm?.startsWith("https://")) return undefined;
  const url = new URL(said.realm);
  if (said.service) url.searchParams.set("service", said.service);
  url.searchParams.set("scope", `repository:${name}:pull,push`);
  return url.href;
}

async function words(asked: string, answer: Response): Promise<string> {
  return `${asked}: ${answer.status}: ${(await answer.text()).trim()}`;
}
