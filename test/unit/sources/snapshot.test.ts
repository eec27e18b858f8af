import { afterAll, beforeEach, expect, test } from "bun:test";
import { answering } from "../../../.dagger/src/sources/lock.js";

// By what `lock --snapshots` knows that an archive is there, against a service on this machine.

/** The paths that the service has, and what it was asked. */
let has: string[] = [];
const asked: string[] = [];
const service = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: ({ method, url }) => {
    const { pathname } = new URL(url);
    asked.push(`${method} ${pathname}`);
    return new Response("Origin: Ubuntu\n", { status: has.includes(`${method} ${pathname}`) ? 200 : 404 });
  },
});
afterAll(() => service.stop(true));
beforeEach(() => asked.splice(0));

const address = `${service.url}ubuntu/{version}`;
const moments = ["20260925T000000Z", "20260924T000000Z"];

test("of a suite it is the file that apt reads first: no folder has a page here, and no HEAD is answered", async () => {
  has = ["GET /ubuntu/20260924T000000Z/dists/noble/InRelease"];
  expect(await answering({ address, moments, suite: "noble" })).toBe("20260924T000000Z");
  expect(asked.slice(1)).toEqual(moments.map((moment) => `GET /ubuntu/${moment}/dists/noble/InRelease`));
});

test("where no suite is named it is a folder's page", async () => {
  has = ["HEAD /ubuntu/20260925T000000Z/"];
  expect(await answering({ address, moments })).toBe("20260925T000000Z");
  await expect(answering({ address, moments, suite: "noble" })).rejects.toThrow("none of its moments answers");
});
