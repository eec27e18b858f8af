import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

// apt-sources.sh on the layouts that Ubuntu's own images have, below a folder in place of /etc.

const script = readFileSync(join(import.meta.dir, "../../../.dagger/src/image/scripts/apt-sources.sh"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "apt-sources-"));
afterAll(() => rmSync(folder, { recursive: true }));

const snapshot = "https://snapshot.ubuntu.com/ubuntu/20260923T000000Z";
const conf = "apt/apt.conf.d/90-hegemonikon";
const pin = "apt/preferences.d/90-hegemonikon";
let bases = 0;

/** Runs the script in a base with these files of /etc; `table` is what plan/head.ts writes. */
function prepared(id: string, files: Record<string, string>, table = `debian http://d/x\nubuntu ${snapshot}\n`) {
  const etc = join(folder, `base-${bases++}`, "etc");
  const all = { "os-release": `NAME="X"\nID=${id}\n`, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(etc, path)), { recursive: true });
    writeFileSync(join(etc, path), text);
  }
  writeFileSync(join(etc, "table"), table);
  const moved = script.replaceAll("/etc/", `${etc}/`);
  const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-c", moved, "apt-sources.sh", join(etc, "table")]);
  const text = (path: string) => (existsSync(join(etc, path)) ? readFileSync(join(etc, path), "utf8") : undefined);
  return { exitCode, said: String(stdout) + String(stderr), text };
}

// 24.04, amd64: deb822, two stanzas, and comments above them.
const noble = `# Ubuntu sources have moved to deb822
Types: deb
URIs: http://archive.ubuntu.com/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.ubuntu.com/ubuntu/
Suites: noble-security
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`;
// 22.04, arm64: a line an archive, of ports.ubuntu.com.
const jammy = `# See http://help.ubuntu.com/community/UpgradeNotes
deb http://ports.ubuntu.com/ubuntu-ports/ jammy main restricted
# deb-src http://ports.ubuntu.com/ubuntu-ports/ jammy main restricted
deb [arch=arm64 signed-by=/usr/share/keyrings/x.gpg] http://ports.ubuntu.com/ubuntu-ports/ jammy-updates main
deb-src	https://ports.ubuntu.com/ubuntu-ports/ jammy-security universe
`;

test("24.04: every URIs line is the snapshot, and nothing else of the file changes", () => {
  const { exitCode, said, text } = prepared("ubuntu", {
    "apt/sources.list": "# moved to /etc/apt/sources.list.d/ubuntu.sources\n",
    "apt/sources.list.d/ubuntu.sources": noble,
  });
  expect([exitCode, said]).toEqual([0, `apt: packages come from ${snapshot}\n`]);
  expect(text("apt/sources.list.d/ubuntu.sources")).toBe(noble.replaceAll(/^URIs: .*/gm, `URIs: ${snapshot}`));
});

test("22.04: every archive is the snapshot, with its options; comments stay", () => {
  const { exitCode, text } = prepared("ubuntu", { "apt/sources.list": jammy });
  expect(exitCode).toBe(0);
  expect(text("apt/sources.list")).toBe(
    `# See http://help.ubuntu.com/community/UpgradeNotes
deb ${snapshot} jammy main restricted
# deb-src http://ports.ubuntu.com/ubuntu-ports/ jammy main restricted
deb [arch=arm64 signed-by=/usr/share/keyrings/x.gpg] ${snapshot} jammy-updates main
deb-src	${snapshot} jammy-security universe
`,
  );
});

test("with a snapshot a release file may be over, and what the base has newer goes back; backports stay behind", () => {
  const { text } = prepared("ubuntu", { "apt/sources.list": jammy });
  expect(text(conf)).toContain('Acquire::Check-Valid-Until "false";');
  expect(text(conf)).toContain('APT::Get::Allow-Downgrades "true";');
  expect(text(pin)).toMatch(
    /release a=\*-backports\nPin-Priority: 100\n\nPackage: \*\nPin: release n=\*\nPin-Priority: 1001\n$/,
  );
});

test("a base of another distribution keeps its archive: retries only, no pin", () => {
  const own = "deb http://deb.example.org/x stable main\n";
  const { exitCode, said, text } = prepared("other", { "apt/sources.list": own });
  expect([exitCode, text("apt/sources.list"), text(pin)]).toEqual([0, own, undefined]);
  expect(said).toContain("no snapshot is pinned for other");
  expect(text(conf)).toContain('Acquire::Retries "8";');
  expect(text(conf)).not.toContain("Check-Valid-Until");
});

test("a base without any source fails, with what was expected", () => {
  const { exitCode, said } = prepared("ubuntu", { "apt/sources.list": "# nothing\n" });
  expect(exitCode).toBe(1);
  expect(said).toContain(`no apt source that could point at ${snapshot}; expected entries in`);
});

// With the real apt, against an archive that is a day over and answers 503 at first.
const apt = Bun.which("apt-get");

/** `apt-get update` with a configuration, from an archive whose every file fails `failures` times, and one `broken`, always. */
async function updated(
  configuration: string,
  failures: number,
  broken = "none",
): Promise<{ exitCode: number; lists: number }> {
  const asked = new Map<string, number>();
  const release = (sizes: string) =>
    `Suite: x\nCodename: x\nDate: Wed, 31 Dec 2025 00:00:00 UTC\nValid-Until: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n${sizes}`;
  const packages = "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: x\nFilename: a.deb\nSize: 1\n";
  const sum = new Bun.CryptoHasher("sha256").update(packages).digest("hex");
  const server = Bun.serve({
    port: 0,
    fetch({ url }) {
      const { pathname } = new URL(url);
      const times = (asked.get(pathname) ?? 0) + 1;
      asked.set(pathname, times);
      if (times <= failures || pathname.startsWith(`/${broken}/`)) return new Response("busy", { status: 503 });
      if (pathname.endsWith("/InRelease") || pathname.endsWith("/Release.gpg"))
        return new Response("", { status: 404 });
      if (pathname.endsWith("/Release")) return new Response(release(` ${sum} ${packages.length} Packages\n`));
      return pathname.endsWith("/Packages") ? new Response(packages) : new Response("", { status: 404 });
    },
  });
  const dir = mkdtempSync(join(folder, "apt-"));
  for (const path of ["lists/partial", "cache/archives/partial", "etc/apt.conf.d"])
    mkdirSync(join(dir, path), { recursive: true });
  writeFileSync(join(dir, "status"), "");
  const parts = ["v", ...(broken === "none" ? [] : [broken])];
  const list = parts.map((part) => `deb [trusted=yes] http://127.0.0.1:${server.port}/${part} ./\n`);
  writeFileSync(join(dir, "list"), list.join(""));
  const own = {
    "Dir::Etc": `${dir}/etc`,
    "Dir::Etc::sourcelist": `${dir}/list`,
    "Dir::Etc::sourceparts": "-",
    "Dir::State::lists": `${dir}/lists`,
    "Dir::State::status": `${dir}/status`,
    "Dir::Cache": `${dir}/cache`,
    "APT::Sandbox::User": "root",
    "Acquire::Retries::Delay": "false",
    "Acquire::http::Proxy": "DIRECT",
  };
  const lines = Object.entries(own).map(([key, value]) => `${key} "${value}";`);
  writeFileSync(
    join(dir, "conf"),
    `${configuration}\n${lines.join("\n")}\n#clear APT::Update::Post-Invoke;\n#clear APT::Update::Post-Invoke-Success;\n`,
  );
  const child = Bun.spawn(["apt-get", "update"], {
    env: { ...process.env, APT_CONFIG: join(dir, "conf") },
    stdout: "pipe",
    stderr: "pipe",
  });
  const exitCode = await child.exited;
  await server.stop(true);
  const said = (await new Response(child.stdout).text()) + (await new Response(child.stderr).text());
  return { exitCode, lists: said.split("\n").filter((line) => /^Get:.*Packages/.test(line)).length };
}

test.skipIf(!apt)(
  "an archive that is over, and fails four times, is read; without a snapshot it is refused",
  async () => {
    const { text } = prepared("ubuntu", { "apt/sources.list": jammy });
    const plain = prepared("other", {});
    expect(await updated(text(conf) ?? "", 4)).toEqual({ exitCode: 0, lists: 1 });
    // apt without any of it has read nothing, and finds that in order
    expect(await updated("", 4)).toEqual({ exitCode: 0, lists: 0 });
    expect((await updated(plain.text(conf) ?? "", 0)).exitCode).not.toBe(0);
  },
);

test.skipIf(!apt)(
  "a part of the archive that fails for ever stops a build: apt alone would do without it",
  async () => {
    const { text } = prepared("ubuntu", { "apt/sources.list": jammy });
    const found = await updated(text(conf) ?? "", 0, "updates");
    expect(found.exitCode).not.toBe(0);
    const without = (text(conf) ?? "").replace(/^APT::Update::Error-Mode .*$/m, "");
    expect(await updated(without, 0, "updates")).toEqual({ exitCode: 0, lists: 1 });
  },
);
