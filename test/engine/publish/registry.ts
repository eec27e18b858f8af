import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

/** A private registry as people run one: TLS by an authority of its own, a password, its data on disk. */
export type TestRegistry = {
  /** As both this machine and the engine's containers reach it. */
  host: string;
  username: string;
  password: string;
  /** The authority's certificate, PEM. */
  ca: string;
  stop(): Promise<void>;
  /** Starts it again with the data it had. */
  start(): Promise<void>;
  remove(): Promise<void>;
  /** Whether a manifest is in a repository, written to its end. */
  holds(repository: string, digest: string): boolean;
  /** How many requests it has answered, as its log says; also those by which it was looked at whether it runs. */
  requests(): number;
  /** Deletes a manifest behind every tool's back: the list of what is attached to an image still names it. */
  forget(repository: string, digest: string): void;
};

/** The address of this machine that the engine's containers reach: its bridge's, or else an outward one. */
export function reachableAddress(): string {
  const found = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ address, family, internal }) =>
      family === "IPv4" && !internal ? [{ name, address }] : [],
    ),
  );
  const best =
    ["hegemonikon0", "docker0"].flatMap((name) => found.find((one) => one.name === name) ?? [])[0] ?? found[0];
  if (!best) throw new Error("this machine has no address that a container could reach");
  return best.address;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "0.0.0.0");
  await new Promise((ready) => server.once("listening", ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Makes ca.pem, tls.pem and tls.key in a folder, for an address of this machine. */
export function certificates(dir: string, address: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=test registry",
    "-keyout",
    "tls.key",
    "-out",
    "tls.csr",
  );
  writeFileSync(join(dir, "ext"), `subjectAltName=IP:${address}\n`);
  openssl(
    "x509",
    "-req",
    "-in",
    "tls.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    "ext",
    "-out",
    "tls.pem",
  );
}

/** Starts Debian's docker-registry with TLS and a password in a folder of its own. */
export async function startRegistry(): Promise<TestRegistry> {
  const dir = mkdtempSync(join(tmpdir(), "hegemonikon-registry-"));
  const [address, port] = [reachableAddress(), await freePort()];
  const [username, password] = ["publisher", `token-${port}`];
  mkdirSync(join(dir, "data"));
  certificates(dir, address);
  writeFileSync(
    join(dir, "htpasswd"),
    `${username}:${await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })}\n`,
  );
  writeFileSync(
    join(dir, "config.yml"),
    `version: 0.1
log: { level: warn }
storage: { filesystem: { rootdirectory: ${join(dir, "data")} }, delete: { enabled: true } }
http: { addr: "${address}:${port}", tls: { certificate: ${join(dir, "tls.pem")}, key: ${join(dir, "tls.key")} } }
auth: { htpasswd: { realm: test, path: ${join(dir, "htpasswd")} } }
`,
  );
  let running: ChildProcess | undefined;
  const host = `${address}:${port}`;
  const ca = await Bun.file(join(dir, "ca.pem")).text();
  const start = async () => {
    const log = openSync(join(dir, "log"), "a");
    running = spawn("docker-registry", ["serve", join(dir, "config.yml")], { stdio: ["ignore", log, log] });
    for (let i = 0; i < 100; i++) {
      // curl, as Bun's fetch keeps to the first authority that this process showed it
      const asked = [
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--cacert",
        join(dir, "ca.pem"),
        `https://${host}/v2/`,
      ];
      if (spawnSync("curl", asked, { encoding: "utf8" }).stdout === "401") return;
      await Bun.sleep(100);
    }
    throw new Error(`the registry did not start: ${await Bun.file(join(dir, "log")).text()}`);
  };
  const stop = async () => {
    const process = running;
    if (!process || process.exitCode !== null) return;
    const ended = new Promise((end) => process.once("exit", end));
    process.kill("SIGKILL");
    await ended;
    running = undefined;
  };
  await start();
  return {
    host,
    username,
    password,
    ca,
    start,
    stop,
    holds: (repository, digest) => {
      const held = join(dir, "data/docker/registry/v2/repositories", repository.slice(host.length + 1));
      const link = join(held, "_manifests/revisions", digest.replace(":", "/"), "link");
      return existsSync(link) && readFileSync(link, "utf8") === digest;
    },
    requests: () => readFileSync(join(dir, "log"), "utf8").match(/"[A-Z]+ \/v2\//g)?.length ?? 0,
    forget: (repository, digest) => {
      const url = `https://${repository.replace("/", "/v2/")}/manifests/${digest}`;
      const asked = ["-s", "--fail", "--request", "DELETE", "--cacert", join(dir, "ca.pem"), "--user"];
      execFileSync("curl", [...asked, `${username}:${password}`, url]);
    },
    remove: async () => {
      await stop();
      rmSync(dir, { recursive: true });
    },
  };
}
