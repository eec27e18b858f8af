import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Machine } from "./machine.js";

// The stand-in for k0s must fail where k0s does: what it lets pass, no machine in a test shows. It is started in the
// machine's root, in a network of its own, so that it finds the paths and ports that it has written in it.

setDefaultTimeout(120_000); // the first test compiles

const source = resolve(import.meta.dir, "../../local/mirror/standins/k0s");
const CONFIG = "/etc/k0s/k0s.yaml";
const folder = mkdtempSync(join(tmpdir(), "k0s-standin-"));
let protos: Machine;
let running: ChildProcess | undefined;

beforeAll(() => {
  const go = spawnSync(resolve(source, "../../../go"), { encoding: "utf8" }).stdout.trim();
  const env = { ...process.env, CGO_ENABLED: "0" };
  const ran = spawnSync(go, ["build", "-o", join(folder, "k0s"), "."], { cwd: source, encoding: "utf8", env });
  expect(ran.status, ran.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  protos = new Machine("protos");
  protos.put("/usr/bin/k0s", "", 0o755);
  copyFileSync(join(folder, "k0s"), protos.path("/usr/bin/k0s"));
  protos.put("/var/lib/k0s/empty", "");
  const size = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", protos.path("/var/lib/k0s")]);
  expect(size.status, String(size.stderr)).toBe(0);
});
/** Ends it as systemd would. */
async function stop() {
  if (running && running.exitCode === null && running.signalCode === null) {
    const ended = new Promise((done) => running?.once("exit", done));
    running.kill("SIGKILL");
    await ended;
  }
  running = undefined;
}
afterEach(async () => {
  await stop();
  spawnSync("umount", ["--lazy", protos.path("/var/lib/k0s")]);
  protos.remove();
});

/** Starts it as the unit does, and waits until it says something that settles it. */
async function controller(change: (config: string) => string): Promise<string> {
  const shipped = protos.read(`/usr/share/hegemonikon/shipped${CONFIG}`);
  protos.put(CONFIG, change(shipped));
  const unit = protos.read("/usr/lib/systemd/system/k0scontroller.service");
  const args = /^ExecStart=\S+ (controller .*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
  // exec, so that what is killed is the program itself
  const script = 'ip link set lo up 2>/dev/null; root=$1; shift; exec chroot "$root" /usr/bin/k0s "$@"';
  const child = spawn("unshare", ["--net", "sh", "-c", script, "sh", protos.root, ...args]);
  running = child;
  let said = "";
  return new Promise((done) => {
    child.stderr.on("data", (data) => {
      said += data;
      if (said.includes("listens on")) done(said);
    });
    child.on("close", (code) => done(`${said}exit code ${code}`));
  });
}

test("it writes four kubeconfigs, as k0s does, and the assertion on them holds", async () => {
  expect(await controller((config) => config)).toContain("listens on");
  for (const name of ["admin", "ccm", "scheduler", "konnectivity"]) {
    expect(existsSync(protos.path(`/var/lib/k0s/pki/${name}.conf`))).toBe(true);
  }
  expect(protos.run("/usr/bin/protos-check", ["kubeconfig"])).toMatchObject({ code: 0, err: "" });
});

test("it ends on a reservation that the data folder's file system, or the memory, cannot bear, as the kubelet does", async () => {
  const disk = await controller((config) =>
    config.replace("memory: 512Mi", "memory: 512Mi\n          ephemeral-storage: 60Mi"),
  );
  expect(disk).toMatch(/"ephemeral-storage" has a reservation of \d+ but capacity of 67108864\nexit code 1$/);
  const memory = await controller((config) => config.replace("memory: 1536Mi", "memory: 9999Gi"));
  expect(memory).toMatch(/"memory" has a reservation of \d+ but capacity of \d+\nexit code 1$/);
  const other = await controller((config) => config.replace("memory: 1536Mi", "memory: lots"));
  expect(other).toMatch(/kubeReserved memory: .*"lots".*\nexit code 1$/);
});

/** The program's answer, in the controller's network where one runs. */
function k0s(...args: string[]) {
  const inside = ["chroot", protos.root, "/usr/bin/k0s", ...args];
  const ran = running
    ? spawnSync("nsenter", [`--net=/proc/${running.pid}/ns/net`, ...inside], { encoding: "utf8" })
    : spawnSync("unshare", ["--net", ...inside], { encoding: "utf8" });
  return { code: ran.status, err: ran.stderr };
}

test("README.md's commands bring the cluster of before back; k0s itself refuses over an etcd that is there, or as it runs", async () => {
  const readme = readFileSync(resolve(import.meta.dir, "../../nodes/protos/README.md"), "utf8");
  const block = readme.slice(readme.indexOf("### The cluster of before"), readme.indexOf("## Why so"));
  const commands = [...block.matchAll(/^ {4}sudo (.*)$/gm)].map(([, command]) => command ?? "");
  const DATABASE = "/var/lib/k0s/etcd/member/snap/db";
  await controller((config) => config);
  await Bun.sleep(4000); // it is not ready at once
  protos.put("/backup/here", "");
  expect(k0s("backup", "--save-path=/backup")).toMatchObject({ code: 0 });
  const before = protos.read(DATABASE);
  protos.put(DATABASE, "what a newer k0s wrote");
  const file = `/backup/${readdirSync(protos.path("/backup")).find((name) => name.startsWith("k0s_backup_"))}`;
  expect(k0s("restore", file).err).toContain("k0s must be down");
  await stop();
  expect(k0s("restore", file).err).toContain('data-dir "/var/lib/k0s/etcd" not empty');

  for (const command of commands) {
    const [program, ...args] = command.replace("FILE", file).split(" ");
    if (program === "mv") renameSync(protos.path(args[0] ?? ""), protos.path(args[1] ?? ""));
    else if (program === "k0s") expect(k0s(...args)).toMatchObject({ code: 0 });
    else if (command === "systemctl start k0scontroller") await controller((config) => config);
    else expect(["systemctl stop k0scontroller", "ls -lt /usr/local/lib/protos/backup"]).toContain(command);
  }
  expect(commands.map((command) => command.split(" ")[0])).toEqual(["ls", "systemctl", "mv", "k0s", "systemctl"]);
  expect(protos.read(DATABASE)).toBe(before);
  expect(protos.read("/var/lib/k0s/etcd.before/member/snap/db")).toBe("what a newer k0s wrote");
});
