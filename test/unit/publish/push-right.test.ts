import { afterAll, beforeAll, expect, test } from "bun:test";
import { failureText } from "../../../.dagger/src/plan/release-failure.js";
import { refusedPush } from "../../../.dagger/src/publish/push-right.js";
import { startTokenRegistry, type TokenRegistry } from "./token-registry";

let registry: TokenRegistry;
beforeAll(async () => {
  registry = await startTokenRegistry("127.0.0.1");
});
afterAll(() => registry.remove());

const asks = (username: string, password = username, ca: string | undefined = registry.ca) =>
  refusedPush(`${registry.host}/lab/noos`, { username, password: `${password}\n`, ca });

test("who may push is told nothing, and leaves an upload that was opened and dropped", async () => {
  registry.asked.length = 0;
  expect(await asks("writer")).toBeUndefined();
  expect(registry.asked).toEqual([
    "POST /v2/lab/noos/blobs/uploads/",
    "GET /token?service=127.0.0.1&scope=repository%3Alab%2Fnoos%3Apull%2Cpush",
    "POST /v2/lab/noos/blobs/uploads/",
    "DELETE /v2/upload/1",
  ]);
});

test("an upload that goes elsewhere is not dropped there: credentials are the registry's alone", async () => {
  const bucket = await startTokenRegistry("127.0.0.1", registry);
  try {
    for (const location of [`https://${bucket.host}/v2/upload/1`, `//${bucket.host}/v2/upload/1`]) {
      registry.uploads.location = location;
      expect(await asks("writer")).toBeUndefined();
    }
    expect(bucket.asked).toEqual([]);
    registry.asked.length = 0;
    registry.uploads.location = `https://${registry.host}/v2/upload/2`;
    expect(await asks("writer")).toBeUndefined();
    expect(registry.asked.at(-1)).toBe("DELETE /v2/upload/2");
  } finally {
    registry.uploads.location = "/v2/upload/1";
    await bucket.remove();
  }
});

test("a wrong or expired token is denied as ghcr.io does it, and that is a cause that is named", async () => {
  const words = (await asks("writer", "expired")) ?? "";
  expect(words).toContain(": 403: ");
  expect(failureText("ask for the right to push", "r/noos", words)).toContain("the token is wrong or expired");
});

test("who may read and not write is refused", async () => {
  expect(await asks("reader")).toContain("permission_denied: write_package");
});

test.each([
  [404, "has no such repository or project"],
  [405, "for reading alone"],
])("a registry that takes no image there (%s) has refused, and why is named", async (status, cause) => {
  registry.uploads.status = status;
  const said = (await asks("writer")) ?? "";
  registry.uploads.status = 202;
  expect(said).toMatch(new RegExp(`^POST https://\\S+/v2/lab/noos/blobs/uploads/: ${status}: `));
  expect(failureText("ask for the right to push", "r/noos", said)).toContain(cause);
});

test.each([408, 429, 503])("a registry that is busy (%s) gives no answer to this question", async (status) => {
  registry.uploads.status = status;
  const said = await asks("writer");
  registry.uploads.status = 202;
  expect(said).toBeUndefined();
});

test("a registry that is not trusted, or not there, gives no answer to this question", async () => {
  const untrusted = await startTokenRegistry("127.0.0.1");
  const { host } = untrusted;
  expect(await refusedPush(`${host}/lab/noos`, { username: "writer", password: "x", ca: undefined })).toBeUndefined();
  await untrusted.remove();
  expect(await refusedPush(`${host}/lab/noos`, { username: "writer", password: "x" })).toBeUndefined();
});
