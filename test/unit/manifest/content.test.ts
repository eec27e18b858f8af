import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { differences, largest, parseContent, summarize } from "../../../.dagger/src/manifest/content.js";

const line = (...fields: string[]) => `${fields.join("\t")}\n`;
const listing =
  line("d", "755", "0:0", "-", "-", "/etc") +
  line("f", "644", "0:0", "10", "aa", "/etc/a\tb") +
  line("f", "600", "0:42", "7", "bb", "/etc/shadow") +
  line("l", "777", "0:0", "-", "usr/bin", "/bin");

test("the digest is the sha256 of the listing; bytes are those of files", () => {
  const digest = createHash("sha256").update(listing).digest("hex");
  expect(summarize(listing)).toEqual({ digest: `sha256:${digest}`, paths: 4, bytes: 17 });
});

test("a tab in a name does not shift fields", () => {
  expect(parseContent(listing)[1]).toEqual({
    type: "f",
    mode: "644",
    owner: "0:0",
    bytes: 10,
    content: "aa",
    path: "/etc/a\tb",
  });
});

test("the largest come first", () => {
  expect(largest(listing, 1)).toEqual([{ path: "/etc/a\tb", bytes: 10 }]);
});

test("a lost file capability is another digest, and said", () => {
  const ping = (mode: string) => line("f", mode, "0:0", "9", "aa", "/usr/bin/ping");
  const [able, unable] = [ping("755+cap:0100000200200000000000000000000000000000"), ping("755")];
  expect(summarize(able).digest).not.toBe(summarize(unable).digest);
  expect(differences(able, unable)).toEqual([
    {
      path: "/usr/bin/ping",
      change: "changed",
      what: "mode 755+cap:0100000200200000000000000000000000000000 -> 755",
    },
  ]);
});

test("differences name path and field", () => {
  const other =
    listing.replace("\t0:42\t", "\t0:0\t").replace(line("l", "777", "0:0", "-", "usr/bin", "/bin"), "") +
    line("f", "644", "0:0", "1", "cc", "/new");
  expect(differences(listing, other)).toEqual([
    { path: "/bin", change: "removed", what: "l" },
    { path: "/etc/shadow", change: "changed", what: "owner 0:42 -> 0:0" },
    { path: "/new", change: "added", what: "f" },
  ]);
  expect(differences(listing, listing)).toEqual([]);
});
