import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { startTokenRegistry } from "../../unit/publish/token-registry";
import { type Origin, originRepository } from "../../unit/workflows/origin";
import { reachableAddress, startRegistry, type TestRegistry } from "./registry";

// What is wrong is said before any expensive work. That none began is measured: no image of these sources can be pulled, so
// a build would fail by that, as the last test of each kind shows.

let origin: Origin;
let registry: TestRegistry;
let folder: string;

beforeAll(async () => {
  registry = await startRegistry();
  folder = mkdtempSync(join(tmpdir(), "hegemonikon-refused-"));
  origin = originRepository();
  symlinkSync(join(import.meta.dir, "../../../node_modules"), join(origin.clone, "node_modules"));
  writeFileSync(join(origin.clone, ".git/info/exclude"), "node_modules\n");
  writeFileSync(join(folder, "ca.pem"), registry.ca);
  const from = process.env.HEGEMONIKON_SOURCES ?? join(origin.clone, "sources.yaml");
  execFileSync(process.execPath, [join(import.meta.dir, "key-pair.ts"), folder, from], { stdio: "ignore" });
  // Every image is pinned to what is nowhere, but for the tools that ask the registry and read the key.
  const file = parse(readFileSync(from, "utf8")) as { sources: Record<string, Record<string, unknown>> };
  for (const [name, source] of Object.entries(file.sources)) {
    delete source.standin;
    if (source.kind !== "image" || name === "oras" || name === "cosign") continue;
    Object.assign(source, { reference: "registry.invalid/absent", digest: `sha256:${"0".repeat(64)}` });
  }
  writeFileSync(sources(), stringify(file, { lineWidth: 0 }));
});
afterAll(async () => {
  await registry.remove();
  origin.remove();
  rmSync(folder, { recursive: true, force: true });
});

const sources = () => join(folder, "sources.yaml");

function call(words: string[], env: Record<string, string> = {}, from = sources(), cwd = origin.clone) {
  const args = ["local/call.ts", "-s", `--sources=${from}`, ...words];
  const given = { ...process.env, TOKEN: registry.password, KEY_PASSWORD: "secret", EMPTY: " ", ...env };
  const child = spawn(process.execPath, args, { cwd, env: given });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  return new Promise<{ code: number | null; lines: string[]; out: string }>((done) =>
    child.on("close", (code) => done({ code, lines: err.trim().split("\n"), out })),
  );
}

const at = () => [
  `--registry=${registry.host}/lab`,
  "--username=publisher",
  "--password=env://TOKEN",
  `--ca=${folder}/ca.pem`,
];
const signed = () => [`--key=file://${folder}/cosign.key`, "--key-password=env://KEY_PASSWORD"];
const NOTHING_PULLED = /registry\.invalid/;

describe("publish", () => {
  test("all that is wrong with a call, at once", async () => {
    const words = [
      "--node=nous",
      "--version=1.2",
      "--registry=https://ghcr.io/x",
      "--username= ",
      "--password=env://EMPTY",
    ];
    const { code, lines } = await call(["publish", ...words]);
    expect(code).toBe(1);
    expect(lines.map((line) => line.replace(/, .*/, ""))).toEqual([
      "Error: publish: 6 things are not right",
      '  node: found "nous"',
      '  registry: found "https://ghcr.io/x"',
      '  username: found ""',
      "  password: found an empty secret",
      '  version: found "1.2"',
      "  key: found nothing to sign with",
    ]);
  });

  test("sources that are not pinned, and stand-ins, by their lines", async () => {
    const text = readFileSync(sources(), "utf8");
    const marked = join(folder, "marked.yaml");
    writeFileSync(marked, text.replace(/^( +)digest: .*$/m, "$1standin: true"));
    const { code, lines } = await call(
      ["publish", "--node=kairos", "--version=v1.0.0", ...at(), ...signed()],
      {},
      marked,
    );
    expect([code, lines[0]]).toEqual([1, "Error: publish: 2 things are not right"]);
    expect(lines[1]).toMatch(/^ {2}marked\.yaml:\d+:\d+: ubuntu-24.04 is not pinned by its content/);
    expect(lines[2]).toMatch(/^ {2}marked\.yaml:\d+:\d+: ubuntu-24.04 is a stand-in for tests/);
  });

  test("a wrong token, and a registry that is down; with the right one the build begins, and cannot be made", async () => {
    const words = ["publish", "--node=kairos", "--version=v1.0.0", ...at(), ...signed()];
    const wrong = await call(words, { TOKEN: "wrong" });
    expect([wrong.code, wrong.lines[0]]).toEqual([
      1,
      `Error: list the tags (${registry.host}/lab/kairos): the registry refused the username or the password`,
    ]);
    await registry.stop();
    const down = await call(words);
    expect([down.code, down.lines[0]]).toEqual([
      1,
      `Error: list the tags (${registry.host}/lab/kairos): the registry cannot be reached, or went away`,
    ]);
    await registry.start();
    const right = await call(words);
    expect([right.code, right.lines.join("\n")]).toEqual([1, expect.stringMatching(NOTHING_PULLED)]);
  });
});

describe("publish with a key", () => {
  const words = () => ["publish", "--node=kairos", "--version=v1.0.0", ...at()];

  test("whose password is wrong, or that is none, is refused before the build", async () => {
    const wrong = await call([...words(), ...signed()], { KEY_PASSWORD: "other" });
    expect([wrong.code, wrong.lines[0]]).toEqual([
      1,
      "Error: read the key to sign with (--key): the key's password is wrong: give it with --key-password",
    ]);
    const none = await call([...words(), `--key=file://${folder}/cosign.pub`, "--key-password=env://KEY_PASSWORD"]);
    expect([none.code, none.lines[0]]).toEqual([
      1,
      "Error: read the key to sign with (--key): this is no private key that cosign made",
    ]);
  });
});

describe("publish to a registry that denies as ghcr.io does", () => {
  test("a wrong or expired token, and one that may read alone, before the build; the right one's build begins", async () => {
    const tokens = await startTokenRegistry(reachableAddress());
    const ca = join(folder, "tokens-ca.pem");
    writeFileSync(ca, tokens.ca);
    const publish = (username: string, token = username) =>
      call(
        [
          "publish",
          "--node=kairos",
          "--version=v1.0.0",
          `--registry=${tokens.host}/lab`,
          `--username=${username}`,
          "--password=env://TOKEN",
          `--ca=${ca}`,
          ...signed(),
        ],
        { TOKEN: token },
      );
    const refused = `Error: ask for the right to push (${tokens.host}/lab/kairos): the account may not do that there: `;
    for (const [username, token, words] of [
      ["writer", "expired", "denied"],
      ["reader", "reader", "permission_denied: write_package"],
    ] as const) {
      const { code, lines } = await publish(username, token);
      expect([code, lines[0]?.slice(0, refused.length)]).toEqual([1, refused]);
      expect(lines.join("\n")).toContain(words);
      expect(lines.join("\n")).not.toMatch(NOTHING_PULLED);
    }
    const right = await publish("writer");
    expect([right.code, right.lines.join("\n")]).toEqual([1, expect.stringMatching(NOTHING_PULLED)]);
    await tokens.remove();
  });
});

describe("release and promote", () => {
  const release = (tag: string) => [
    "release",
    `--tag=${tag}`,
    ...at(),
    ...signed(),
    "export",
    `--path=${folder}/release`,
  ];

  test("a tag that is none, is not there or is elsewhere; a tree that is not clean; a node that is not there", async () => {
    const none = await call([
      "release",
      "--tag=1.2",
      "--nodes=nous",
      ...at(),
      ...signed(),
      "export",
      `--path=${folder}/r`,
    ]);
    expect([none.code, ...none.lines.map((line) => line.replace(/, .*/, ""))]).toEqual([
      1,
      "Error: release: 2 things are not right",
      '  tag: found "1.2"',
      '  nodes: found "nous"',
    ]);
    writeFileSync(join(origin.clone, "new-file"), "x");
    const dirty = await call(release("v1.0.0"));
    expect(dirty.lines.slice(0, 3)).toEqual([
      "Error: release: 2 things are not right",
      "  tag: found no v1.0.0 in this repository, expected it on HEAD: git tag v1.0.0",
      expect.stringMatching(/^ {2}working tree: found changes that are not committed \(new-file\), expected none: /),
    ]);
    rmSync(join(origin.clone, "new-file"));
    origin.git("tag", "v1.0.0", "HEAD~1");
    const elsewhere = await call(release("v1.0.0"));
    expect(elsewhere.lines[1]).toMatch(/^ {2}tag: found v1.0.0 on [0-9a-f]{12}, expected it on HEAD, [0-9a-f]{12}/);
    // An annotated tag is an object of its own, and names the commit all the same.
    origin.git("tag", "--annotate", "--message=a release", "v1.1.0");
    const right = await call([...release("v1.1.0").slice(0, -2), "--nodes=kairos", ...release("v1.1.0").slice(-2)]);
    expect([right.code, right.lines.join("\n")]).toEqual([1, expect.stringMatching(NOTHING_PULLED)]);
  });

  test("a file of the node that git ignores, and a node with an error that nobody named", async () => {
    const exclude = join(origin.clone, ".git/info/exclude");
    const ignored = "nodes/kairos/files/debug/keys.txt";
    writeFileSync(exclude, `node_modules\n${ignored}\n`);
    origin.git("rm", "--quiet", "--cached", ignored);
    origin.git("commit", "--quiet", "--message=One file less");
    origin.git("tag", "v1.2.0");
    const { code, lines } = await call(release("v1.2.0"));
    expect([code, ...lines.map((line) => line.replace(/, .*/, ""))]).toEqual([
      1,
      "Error: release: one thing is not right",
      `  working tree: found ${ignored}`,
    ]);
    origin.git("reset", "--quiet", "--hard", "HEAD~1");
    writeFileSync(exclude, "node_modules\n");

    const file = join(origin.clone, "nodes/protos/node.yaml");
    writeFileSync(file, `${readFileSync(file, "utf8")}bogus: 1\n`);
    origin.git("commit", "--quiet", "--all", "--message=An error");
    origin.git("tag", "v1.2.1");
    const broken = await call(release("v1.2.1"));
    expect([broken.code, broken.lines[0]]).toEqual([1, "Error: release: one thing is not right"]);
    expect(broken.lines[1]).toMatch(/^ {2}nodes\/protos\/node\.yaml:\d+:\d+: .*bogus/);
    origin.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("a release that is not whole gets no name, and no registry is asked", async () => {
    origin.git("tag", "--force", "v1.1.0");
    await registry.stop();
    const empty = mkdtempSync(join(folder, "empty-"));
    const promote = ["promote", "--tag=v1.1.0", `--release=${empty}`, ...at()];
    const unbelieved = await call(promote);
    expect(unbelieved.lines.at(-1)).toBe(
      "  key: expected either --key=cosign.pub, or --source-url of the repository whose job signed",
    );
    const { code, lines } = await call([...promote, `--key=${folder}/cosign.pub`]);
    await registry.start();
    expect([code, lines[0]]).toEqual([1, "Error: promote: 4 things are not right"]);
    expect(lines[1]).toStartWith("  release: found no image of kairos, expected one: a release is of all its nodes");
  });
});

describe("plan, diff and verify", () => {
  test("a reference that is none, a node that is not there, a revision that is not there", async () => {
    const verify = await call(["verify", "--node=nous", "--reference=kairos"]);
    expect(verify.lines.map((line) => line.replace(/, .*/, ""))).toEqual([
      "Error: verify: 3 things are not right",
      '  node: found "nous"',
      '  reference: found "kairos"',
      "  key: expected either --key=cosign.pub",
    ]);
    const plan = await call(["plan", "--node=kairos", "--against=kairos:v1", "--version=one"]);
    expect(plan.lines.map((line) => line.replace(/, .*/, ""))).toEqual([
      "Error: plan: 2 things are not right",
      '  against: found "kairos:v1"',
      '  version: found "one"',
    ]);
    const half = await call(["plan", "--node=kairos", "--against=ghcr.io/a/kairos:v1", "--password=env://TOKEN"]);
    expect(half.lines).toEqual([
      "Error: plan: one thing is not right",
      '  username: found "" beside a password, expected the name to log in with; any does on ghcr.io',
    ]);
    const diff = await call(["diff", "--node=kairos", "--since=no-such-branch"]);
    expect(diff.lines[0]).toStartWith(
      'Error: since: found "no-such-branch", expected a branch, a tag or a full commit id',
    );
  });
});

test("affected: a node.yaml that is a link touches its node, and so does one that is gone from its folder", async () => {
  const file = join(origin.clone, "nodes/noos/node.yaml");
  rmSync(file);
  symlinkSync("../kairos/node.yaml", file);
  rmSync(join(origin.clone, "nodes/protos/node.yaml"));
  const { code, out } = await call(["affected", "--since=main", "--format=json"]);
  expect([code, out]).toEqual([0, out]);
  const { nodes, removed } = JSON.parse(out) as {
    nodes: { node: string; reasons: { what: string }[] }[];
    removed: string[];
  };
  expect(nodes.map(({ node, reasons }) => [node, reasons.map(({ what }) => what)])).toEqual([
    ["noos", ["node.yaml cannot be read now"]],
    ["protos", ["node.yaml cannot be read now"]],
  ]);
  expect(removed).toEqual([]);
  origin.git("checkout", "--quiet", "--", "nodes");
});

test("affected in a shallow clone: its own commit is read, of an older one it says what is needed", async () => {
  const shallow = join(folder, "shallow");
  execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${origin.path}`, shallow]);
  symlinkSync(join(import.meta.dir, "../../../node_modules"), join(shallow, "node_modules"));
  writeFileSync(join(shallow, ".git/info/exclude"), "node_modules\n");
  expect((await call(["affected", "--since=main"], {}, sources(), shallow)).code).toBe(0);
  const older = origin.git("rev-parse", "HEAD~1");
  const { code, lines } = await call(["affected", `--since=${older}`], {}, sources(), shallow);
  expect([code, lines[0]]).toEqual([
    1,
    expect.stringMatching(/^Error: since: .*a shallow clone has none of the older/),
  ]);
});
