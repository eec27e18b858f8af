import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { Machine } from "./machine.js";
import { kubernetesReader } from "./protos/kubernetes.js";
import { shellProblems } from "./shell-files.js";
import { exposures, unitProblems } from "./units.js";

const SHIPPED = "/usr/share/hegemonikon/shipped";
const HOMELAB = "/var/lib/k0s/manifests/homelab/homelab.yaml";
const LAY = "/usr/lib/hegemonikon/protos/lay-shipped";
const UNITS = "/usr/lib/systemd/system";

setDefaultTimeout(60_000); // the machine that tests may be busy

let protos: Machine;
beforeEach(() => {
  protos = new Machine("protos");
});
afterEach(() => protos.remove());

const lay = (...args: string[]) => {
  const ran = protos.run(LAY, args);
  expect(ran).toMatchObject({ code: 0, err: "" });
  return ran.out;
};
/** A new image: the same path with other content. */
const ship = (path: string, content: string) => protos.put(`${SHIPPED}${path}`, content);

describe("the image's files on the machine", () => {
  test("first boot: configuration and manifests are in place, with the modes shipped", () => {
    expect(lay()).toBe(`laid      /etc/k0s/k0s.yaml\nlaid      ${HOMELAB}\n`);
    expect(protos.read("/etc/k0s/k0s.yaml")).toBe(protos.read(`${SHIPPED}/etc/k0s/k0s.yaml`));
    expect(statSync(protos.path(HOMELAB)).mode & 0o777).toBe(0o644);
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab"))).toEqual(["homelab.yaml"]);
  });

  test("next boot: nothing is written", () => {
    lay();
    const before = statSync(protos.path(HOMELAB)).mtimeMs;
    expect(lay()).toBe(`current   /etc/k0s/k0s.yaml\ncurrent   ${HOMELAB}\n`);
    expect(statSync(protos.path(HOMELAB)).mtimeMs).toBe(before);
  });

  test("an upgrade replaces what nobody changed", () => {
    lay();
    ship(HOMELAB, "new: 1\n");
    expect(lay()).toContain(`laid      ${HOMELAB}`);
    expect(protos.read(HOMELAB)).toBe("new: 1\n");
  });

  test("what was changed on purpose stays, over many boots and upgrades, and is named", () => {
    lay();
    protos.put(HOMELAB, "mine: 1\n");
    for (const content of ["new: 1\n", "new: 2\n", "new: 2\n"]) {
      ship(HOMELAB, content);
      expect(lay()).toContain(`kept      ${HOMELAB}: changed on this machine`);
      expect(protos.read(HOMELAB)).toBe("mine: 1\n");
    }
  });

  test("what was removed on purpose stays away", () => {
    lay();
    rmSync(protos.path(HOMELAB));
    ship(HOMELAB, "new: 1\n");
    expect(lay()).toContain(`kept      ${HOMELAB}: removed on this machine`);
    expect(existsSync(protos.path(HOMELAB))).toBe(false);
  });

  test("who takes the image's content back follows the image again", () => {
    lay();
    protos.put(HOMELAB, "mine: 1\n");
    lay();
    protos.put(HOMELAB, protos.read(`${SHIPPED}${HOMELAB}`));
    lay();
    ship(HOMELAB, "new: 1\n");
    lay();
    expect(protos.read(HOMELAB)).toBe("new: 1\n");
  });

  test("a file of the machine's own under a name that an image ships later is not overwritten", () => {
    protos.put("/etc/k0s/k0s.yaml", "mine: 1\n");
    expect(lay()).toContain("kept      /etc/k0s/k0s.yaml");
    expect(protos.read("/etc/k0s/k0s.yaml")).toBe("mine: 1\n");
  });

  test("what an image ships no more goes, unless it was changed", () => {
    const extra = "/var/lib/k0s/manifests/homelab/extra.yaml";
    ship(extra, "extra: 1\n");
    lay();
    rmSync(protos.path(`${SHIPPED}${extra}`));
    rmSync(protos.path(`${SHIPPED}${HOMELAB}`));
    protos.put(HOMELAB, "mine: 1\n");
    expect(lay()).toContain(`withdrawn ${extra}`);
    expect(existsSync(protos.path(extra))).toBe(false);
    expect(protos.read(HOMELAB)).toBe("mine: 1\n");
    // The folder stays: k0s prunes a stack that it finds empty, not one that it does not find.
    expect(existsSync(protos.path("/var/lib/k0s/manifests/homelab"))).toBe(true);
  });

  test("a power cut between two files, or before the book was written, is mended at the next boot", () => {
    lay();
    rmSync(protos.path("/usr/local/lib/protos/shipped"));
    protos.put(`${HOMELAB}.laying`, "half");
    expect(lay()).toContain(`current   ${HOMELAB}`);
    ship(HOMELAB, "new: 1\n");
    lay();
    expect(protos.read(HOMELAB)).toBe("new: 1\n");
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab"))).toEqual(["homelab.yaml"]);
  });

  test("--dry-run says the same and writes nothing; another argument is refused", () => {
    expect(lay("--dry-run")).toContain(`laid      ${HOMELAB}`);
    expect(existsSync(protos.path(HOMELAB))).toBe(false);
    expect(existsSync(protos.path("/usr/local/lib/protos"))).toBe(false);
    expect(protos.run(LAY, ["--dry"])).toMatchObject({ code: 64, err: "usage: lay-shipped [--dry-run]\n" });
  });
});

describe("a full disk", () => {
  const mounted: string[] = [];
  const smallDisk = (path: string) => {
    mkdirSync(protos.path(path), { recursive: true });
    const ran = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", protos.path(path)]);
    expect(ran.status, String(ran.stderr)).toBe(0);
    mounted.push(protos.path(path));
  };
  const fill = (path: string) => {
    spawnSync("dd", ["if=/dev/zero", `of=${protos.path(path)}/filler`, "bs=1k"]);
    expect(() => writeFileSync(`${protos.path(path)}/more`, "x".repeat(9000))).toThrow("ENOSPC");
  };
  afterEach(() => {
    for (const path of mounted.splice(0)) spawnSync("umount", ["--lazy", path]);
  });

  test("k0s gets the files of before, and the new ones once there is room", () => {
    for (const path of ["/var/lib/k0s", "/usr/local"]) smallDisk(path);
    lay();
    for (const path of ["/var/lib/k0s", "/usr/local"]) fill(path);
    expect(lay()).toContain(`current   ${HOMELAB}`);
    const before = protos.read(HOMELAB);
    const next = `# ${"x".repeat(9000)}\n`;
    ship(HOMELAB, next);
    const ran = protos.run(LAY);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain(`not laid  ${HOMELAB}: the one of before stays`);
    expect(protos.read(HOMELAB)).toBe(before);
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab"))).toEqual(["homelab.yaml"]);
    for (const path of ["/var/lib/k0s", "/usr/local"]) rmSync(protos.path(`${path}/filler`));
    expect(lay()).toContain(`laid      ${HOMELAB}`);
    expect(protos.read(HOMELAB)).toBe(next);
  });

  test("without any file of before k0s does not start, and the reason is said", () => {
    smallDisk("/var/lib/k0s");
    fill("/var/lib/k0s");
    ship(HOMELAB, "x".repeat(9000));
    const ran = protos.run(LAY);
    expect(ran.code).toBe(74);
    expect(ran.err).toContain("No space left on device");
    expect(ran.err).toEndWith(`cannot lay ${HOMELAB}\n`);
  });
});

describe("start-k0s", () => {
  const START = "/usr/lib/hegemonikon/protos/start-k0s";
  const HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const row = (device: string, to: string) => `${device}\t${to}\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`;
  const start = () => protos.start(START, ["controller", "--x"], { PROTOS_PAUSE: "0.1" });
  beforeEach(() => {
    protos.put("/usr/bin/k0s", '#!/bin/sh\necho "k0s $*"\n', 0o755);
    lay();
  });

  test("with a network: at once, with its arguments", async () => {
    protos.put("/proc/net/route", HEAD + row("eno1", "00000000") + row("eno1", "0002000A"));
    expect(await start()).toMatchObject({ code: 0, out: "k0s controller --x\n" });
  });

  test("without one it waits, for a router, not for the cluster's own bridge", async () => {
    protos.put("/proc/net/route", HEAD + row("eno1", "0002000A") + row("kube-bridge", "00000000"));
    const ran = start();
    await Bun.sleep(500);
    protos.put("/proc/net/route", HEAD + row("eno1", "00000000"));
    const { out } = await ran;
    expect(out).toBe(
      "k0s waits for a network: no IPv4 default route yet\nthere is a network, k0s starts\nk0s controller --x\n",
    );
    protos.put("/proc/net/route", HEAD);
    expect(protos.run("/usr/bin/protos-status").out).toContain("network: no IPv4 default route");
  });

  test("an address in k0s.yaml decides: nothing is waited for", async () => {
    protos.put("/proc/net/route", HEAD);
    const config = protos.read("/etc/k0s/k0s.yaml").replace("spec:\n", "spec:\n  api:\n    address: 192.168.1.5\n");
    protos.put("/etc/k0s/k0s.yaml", config);
    expect(await start()).toMatchObject({ code: 0, out: "k0s controller --x\n" });
  });
});

describe("what k0s reads", () => {
  test("Kubernetes' own types take it, strictly; a misspelt key is a mistake", () => {
    const places = ["/etc/k0s/k0s.yaml", HOMELAB].map((path) => protos.path(`${SHIPPED}${path}`));
    const read = () => spawnSync(kubernetesReader(), places, { encoding: "utf8" });
    const right = read();
    console.log(right.stdout.trim());
    expect(right).toMatchObject({ status: 0, stderr: "" });
    const [config = "", manifest = ""] = places.map((path) => readFileSync(path, "utf8"));
    const wrong: [string, string, RegExp][] = [
      [config.replace("kubeReserved:", "kubeReservd:"), manifest, /unknown field "kubeReservd"/],
      [config.replace("telemetry:", "telemetri:"), manifest, /unknown field "telemetri"/],
      [config.replace("memory.available:", "memory.free:"), manifest, /evictionHard knows no "memory.free"/],
      [config.replace("memory: 1536Mi", "memory: 1536MiB"), manifest, /kubeReserved memory: "1536MiB"/],
      [
        config.replace("        imageGCLow", "        clusterDomain: x\n        imageGCLow"),
        manifest,
        /clusterDomain is k0s' own/,
      ],
      [
        config,
        manifest.replace("defaultRequest:", "defaultRequests:"),
        /unknown field "spec.limits\[0\].defaultRequests"/,
      ],
      [config, manifest.replace("memory: 1Gi", "memory: 1Mi"), /default request of memory 64Mi is above/],
      [config, manifest.replace("kind: LimitRange", "kind: LimitRang"), /no kind "LimitRang"/],
    ];
    for (const [one, other, said] of wrong) {
      expect(one !== config || other !== manifest).toBe(true);
      ship("/etc/k0s/k0s.yaml", one);
      ship(HOMELAB, other);
      const ran = read();
      expect(ran.stdout).toMatch(said);
      expect(ran.status).toBe(1);
    }
  }, 600_000);

  test("those types are of the Kubernetes that k0s brings", () => {
    const sources = readFileSync(join(import.meta.dir, "../../sources.yaml"), "utf8");
    const minor = /^ +version: v1\.(\d+)\.\d+\+k0s/m.exec(sources)?.[1];
    const types = readFileSync(join(import.meta.dir, "protos/kubernetes/go.mod"), "utf8");
    expect(minor).toBeDefined();
    expect([...types.matchAll(/^\tk8s\.io\/(?:api|kubelet) v0\.(\d+)\./gm)].map(([, found]) => found)).toEqual([
      minor,
      minor,
    ] as string[]);
  });

  const documents = (path: string) => parseAllDocuments(protos.read(`${SHIPPED}${path}`)).map((doc) => doc.toJS());

  test("the configuration has the profile that the unit asks for, sized for 16 GB and 256 GB", () => {
    const [config] = documents("/etc/k0s/k0s.yaml");
    expect(config).toMatchObject({ apiVersion: "k0s.k0sproject.io/v1beta1", kind: "ClusterConfig" });
    const [profile] = config.spec.workerProfiles;
    expect(protos.read(`${UNITS}/k0scontroller.service`)).toContain(`--profile=${profile.name}`);
    const mebibytes = (size: string) => Number(/^(\d+)Mi$/.exec(size)?.[1]);
    const { kubeReserved, systemReserved, evictionHard } = profile.values;
    const kept = [kubeReserved.memory, systemReserved.memory, evictionHard["memory.available"]].map(mebibytes);
    expect(16384 - kept.reduce((sum, size) => sum + size)).toBeGreaterThan(13 * 1024);
  });

  test("each manifest names its kind, and its namespace where it has one", () => {
    for (const manifest of documents(HOMELAB)) {
      expect([typeof manifest.apiVersion, typeof manifest.kind]).toEqual(["string", "string"]);
      if (manifest.kind !== "Namespace") expect(manifest.metadata.namespace).toBe("homelab");
    }
  });
});

describe("the assertions", () => {
  const check = (fact: string) => protos.run("/usr/bin/protos-check", [fact]);
  const is = (file: string, content: string) => protos.put(`/fake/${file}`, content);

  test("node: Ready, and one at least", () => {
    expect(check("node").code).not.toBe(0);
    is("nodes", "node/protos condition met\n");
    expect(check("node")).toMatchObject({ code: 0, out: "node/protos condition met\n" });
  });

  test("pod: one runs", () => {
    expect(check("pod")).toMatchObject({ code: 1, err: "no pod is running\n" });
    is("pods", "kube-system/coredns-1\n");
    expect(check("pod").code).toBe(0);
  });

  test("dns: the right address, not dig's complaint", () => {
    expect(check("dns").err).toContain("said ';; connection timed out");
    is("dns", "10.96.0.2\n");
    expect(check("dns").code).toBe(1);
    is("dns", "10.96.0.1\n");
    expect(check("dns").code).toBe(0);
  });

  test("no API server: each that needs it fails", () => {
    is("dns", "10.96.0.1\n");
    is("down", "");
    for (const fact of ["node", "pod", "dns"]) expect(check(fact).code).not.toBe(0);
  });

  test("kubeconfig: root's alone", () => {
    const conf = "/var/lib/k0s/pki/admin.conf";
    protos.put(conf, "token", 0o600);
    expect(check("kubeconfig").code).toBe(0);
    chmodSync(protos.path(conf), 0o640);
    expect(check("kubeconfig").err).toContain("admin.conf");
  });

  test("a wrong fact is named, and every assertion of node.yaml asks a right one", () => {
    expect(check("nodes")).toMatchObject({ code: 64, err: "usage: protos-check node|pod|dns|kubeconfig\n" });
    const asked = protos.node.assertions.map(({ command }) => command.replace(/^protos-check /, ""));
    expect(asked.sort()).toEqual(["dns", "kubeconfig", "node", "pod"]);
  });

  test("protos-status says all of it, and what was changed", () => {
    protos.put(HOMELAB, "mine: 1\n");
    is("nodes", "node/protos condition met\n");
    const { code, out } = protos.run("/usr/bin/protos-status");
    expect(code).toBe(0);
    expect(out).toContain("k0s: active, v1.34.10+k0s.0");
    expect(out).toMatch(/node +ok /);
    expect(out).toMatch(/pod +not ok +no pod is running/);
    expect(out).toContain(`kept      ${HOMELAB}: changed on this machine`);
  });

  test("kubectl asks for sudo instead of showing a refused connection", () => {
    expect(protos.read("/usr/bin/kubectl")).toContain("exec /usr/bin/k0s kubectl");
    protos.put("/fakes/id", "#!/bin/sh\necho 1000\n", 0o755);
    expect(protos.run("/usr/bin/kubectl", ["get", "pods"])).toMatchObject({ code: 77 });
  });
});

describe("units", () => {
  test("pass systemd-analyze verify, which finds a missing program", () => {
    expect(unitProblems(protos, [])).toBe("");
    const unit = `${UNITS}/k0scontroller.service`;
    protos.put(unit, protos.read(unit).replace("/start-k0s", "/start-k0"));
    expect(unitProblems(protos, [])).toContain("/start-k0");
  });

  test("k0s starts after its files are there, and not without them", () => {
    const unit = protos.read(`${UNITS}/k0scontroller.service`);
    expect(unit).toMatch(/^Requires=protos-files\.service$/m);
    expect(unit).toMatch(/^After=protos-files\.service /m);
    expect(protos.read(`${UNITS}/protos-files.service`)).toMatch(/^Type=oneshot$/m);
  });

  test("have an exposure under 5, but for k0s itself, which containers inherit from", () => {
    const found = exposures(protos);
    console.log("protos, exposure of units:", found);
    expect(Object.keys(found).filter((name) => (found[name] ?? 10) >= 5)).toEqual(["k0scontroller.service"]);
    expect(found["k0scontroller.service"]).toBeLessThanOrEqual(9.6); // why not less: README.md, "Security"
  });
});

test("shell files are shellcheck-clean and under 50 lines", () => {
  expect(shellProblems("protos")).toBe("");
});
