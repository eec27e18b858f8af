import { expect, test } from "bun:test";
import type { Container } from "@dagger.io/dagger";
import { believedBy } from "../../../.dagger/src/plan/release-notes.js";
import { jobVerifier, type Signer, verifierOf } from "../../../.dagger/src/publish/signing.js";

// Which job's signature is believed: release, promote and the notes' verify must agree, or a release is never finished.

const signer = { kind: "keyless", oidcUrl: {}, oidcToken: {} } as Signer;
const repository = "https://github.com/a/b";
/** Nothing is asked of cosign for a job's identity. */
const cosign = {} as Container;

test("what is released is believed of the tag's own job, by release, by promote and by who follows the notes", async () => {
  const released = await verifierOf(cosign, signer, repository, "v1.2.3");
  expect(released).toEqual(jobVerifier(repository, "v1.2.3"));
  if (released?.kind !== "keyless") throw new Error("no identity");
  expect(believedBy("keyless", repository, "v1.2.3")).toBe(`--identity='${released.identity}'`);
  const job = (file: string) => `${repository}/.github/workflows/${file}@refs/tags/v1.2.3`;
  expect(["release.yaml", "node.yaml"].map((file) => new RegExp(released.identity).test(job(file)))).toEqual([
    true,
    false,
  ]);
});

test("what is only published is believed of any job of the repository; of none where no repository was named", async () => {
  const published = await verifierOf(cosign, signer, repository, undefined);
  expect(published).toMatchObject({ kind: "keyless", identity: "^https://github\\.com/a/b/" });
  expect(await verifierOf(cosign, signer, "", "v1.2.3")).toBeUndefined();
});
