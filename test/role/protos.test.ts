import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { durationInSeconds } from "../../.dagger/src/node/duration.js";
import { Machine } from "./machine.js";
import { kubernetesReader } from "./protos/kubernetes.js";
import { shellProblems } from "./shell-files.js";

const SHIPPED = "/usr/share/hegemonikon/shipped";
const NAMESPACE = "/var/lib/k0s/manifests/homelab/namespace.yaml";
const LIMITS = "/var/lib/k0s/manifests/homelab-limits/limits.yaml";
const LAY = "/usr/lib/hegemonikon/protos/lay-shipped";
const UNITS = "/usr/lib/systemd/system";

setDefaultTimeout(60_000); // the machine that tests may be busy

let protos: Machine;
beforeEach(() => {
  protos = new Machine("protos");
  protos.put("/proc/uptime", "60.00 100.00\n");
});
afterEach(() => protos.remove());

const lay = (...args: string[]) => {
  const ran = protos.run(LAY, args);
  expect(ran).toMatchObject({ code: 0, err: "" });
  return ran.out;
};
const readme = (node: string) => readFileSync(join(import.meta.dir, `../../nodes/${node}/README.md`), "utf8");
/** A new image: the same path with other content. */
const ship = (path: string, content: string) => protos.put(`${SHIPPED}${path}`, content);

describe("the image's files on the machine", () => {
  test("first boot: configuration and manifests are in place, with the modes shipped", () => {
    expect(lay()).toBe(`laid      /etc/k0s/k0s.yaml\nlaid      ${LIMITS}\nlaid      ${NAMESPACE}\n`);
    expect(protos.read("/etc/k0s/k0s.yaml")).toBe(protos.read(`${SHIPPED}/etc/k0s/k0s.yaml`));
    expect(statSync(protos.path(LIMITS)).mode & 0o777).toBe(0o644);
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab-limits"))).toEqual(["limits.yaml"]);
  });

  test("next boot: nothing is written", () => {
    lay();
    const before = statSync(protos.path(LIMITS)).mtimeMs;
    expect(lay()).toBe(`current   /etc/k0s/k0s.yaml\ncurrent   ${LIMITS}\ncurrent   ${NAMESPACE}\n`);
    expect(statSync(protos.path(LIMITS)).mtimeMs).toBe(before);
  });

  test("an upgrade replaces what nobody changed", () => {
    lay();
    ship(LIMITS, "new: 1\n");
    expect(lay()).toContain(`laid      ${LIMITS}`);
    expect(protos.read(LIMITS)).toBe("new: 1\n");
  });

  test("what was changed on purpose stays, over many boots and upgrades, and is named", () => {
    lay();
    protos.put(LIMITS, "mine: 1\n");
    for (const content of ["new: 1\n", "new: 2\n", "new: 2\n"]) {
      ship(LIMITS, content);
      expect(lay()).toContain(`kept      ${LIMITS}: changed on this machine`);
      expect(protos.read(LIMITS)).toBe("mine: 1\n");
    }
  });

  test("what was removed on purpose stays away", () => {
    lay();
    rmSync(protos.path(LIMITS));
    ship(LIMITS, "new: 1\n");
    expect(lay()).toContain(`kept      ${LIMITS}: removed on this machine`);
    expect(existsSync(protos.path(LIMITS))).toBe(false);
  });

  test("who takes the image's content back follows the image again", () => {
    lay();
    protos.put(LIMITS, "mine: 1\n");
    lay();
    protos.put(LIMITS, protos.read(`${SHIPPED}${LIMITS}`));
    lay();
    ship(LIMITS, "new: 1\n");
    lay();
    expect(protos.read(LIMITS)).toBe("new: 1\n");
  });

  test("a file of the machine's own under a name that an image ships later is not overwritten", () => {
    protos.put("/etc/k0s/k0s.yaml", "mine: 1\n");
    expect(lay()).toContain("kept      /etc/k0s/k0s.yaml");
    expect(protos.read("/etc/k0s/k0s.yaml")).toBe("mine: 1\n");
  });

  test("what an image ships no more goes, unless it was changed", () => {
    const extra = "/var/lib/k0s/manifests/homelab-limits/extra.yaml";
    ship(extra, "extra: 1\n");
    lay();
    rmSync(protos.path(`${SHIPPED}${extra}`));
    rmSync(protos.path(`${SHIPPED}${LIMITS}`));
    protos.put(LIMITS, "mine: 1\n");
    expect(lay()).toContain(`withdrawn ${extra}`);
    expect(existsSync(protos.path(extra))).toBe(false);
    expect(protos.read(LIMITS)).toBe("mine: 1\n");
    // The folder stays: k0s prunes a stack that it finds empty, not one that it does not find.
    expect(existsSync(protos.path("/var/lib/k0s/manifests/homelab-limits"))).toBe(true);
  });

  // k0s deletes from the cluster what a folder names no more, and a namespace goes with every Deployment and volume in it.
  test.each([
    ["Namespace", "homelab"],
    ["CustomResourceDefinition", "rings.example.org"],
    ["PersistentVolume", "disk"],
    ["PersistentVolumeClaim", "photos"],
  ])("no image takes a %s back: not by shipping the file no more, not with another content", (kind, name) => {
    const file = "/var/lib/k0s/manifests/work/work.yaml";
    const content = `apiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
    ship(file, content);
    lay();
    ship(file, "apiVersion: v1\nkind: ConfigMap\n");
    for (const dry of [["--dry-run"], [], []]) {
      expect(lay(...dry)).toContain(`kept      ${file}: the image has another, but work may live in it\n`);
    }
    rmSync(protos.path(`${SHIPPED}${file}`));
    for (const dry of [["--dry-run"], [], []]) {
      expect(lay(...dry)).toContain(`kept      ${file}: the image has it no more, but work may live in it\n`);
    }
    expect(protos.read(file)).toBe(content);
    ship(file, content);
    expect(lay()).toContain(`current   ${file}`);
  });

  test("a power cut between two files, or before the book was written, is mended at the next boot", () => {
    lay();
    rmSync(protos.path("/usr/local/lib/protos/shipped"));
    protos.put(`${LIMITS}.laying`, "half");
    expect(lay()).toContain(`current   ${LIMITS}`);
    ship(LIMITS, "new: 1\n");
    lay();
    expect(protos.read(LIMITS)).toBe("new: 1\n");
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab-limits"))).toEqual(["limits.yaml"]);
  });

  test("--dry-run says the same and writes nothing; another argument is refused", () => {
    expect(lay("--dry-run")).toContain(`laid      ${LIMITS}`);
    expect(existsSync(protos.path(LIMITS))).toBe(false);
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
    expect(lay()).toContain(`current   ${LIMITS}`);
    const before = protos.read(LIMITS);
    const next = `# ${"x".repeat(9000)}\n`;
    ship(LIMITS, next);
    const ran = protos.run(LAY);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain(`not laid  ${LIMITS}: the one of before stays`);
    expect(protos.read(LIMITS)).toBe(before);
    expect(readdirSync(protos.path("/var/lib/k0s/manifests/homelab-limits"))).toEqual(["limits.yaml"]);
    for (const path of ["/var/lib/k0s", "/usr/local"]) rmSync(protos.path(`${path}/filler`));
    expect(lay()).toContain(`laid      ${LIMITS}`);
    expect(protos.read(LIMITS)).toBe(next);
  });

  test("without any file of before k0s does not start, and the reason is said", () => {
    smallDisk("/var/lib/k0s");
    fill("/var/lib/k0s");
    ship(LIMITS, "x".repeat(9000));
    const ran = protos.run(LAY);
    expect(ran.code).toBe(74);
    expect(ran.err).toContain("No space left on device");
    expect(ran.err).toEndWith(`cannot lay ${LIMITS}\n`);
  });
});

describe("start-k0s", () => {
  const START = "/usr/lib/hegemonikon/protos/start-k0s";
  const HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
  const row = (device: string, to: string) => `${device}\t${to}\t0202000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`;
  const start = (said?: (out: string) => void) =>
    protos.start(START, ["controller", "--x"], { PROTOS_PAUSE: "0.1" }, said);
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
    const waits = Promise.withResolvers<void>();
    const ran = start((out) => out.includes("k0s waits for a network") && waits.resolve());
    await Promise.race([waits.promise, ran]);
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
    const places = ["/etc/k0s/k0s.yaml", LIMITS, NAMESPACE].map((path) => protos.path(`${SHIPPED}${path}`));
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
      ship(LIMITS, other);
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
    const found = 15.4 * 1024; // what Linux finds in 16 GB beside the graphics' share: MemTotal
    const left = (found - kept.reduce((sum, size) => sum + size)) / 1024;
    expect(left).toBeGreaterThan(12.8);
    const said = /^\| memory \| about ([\d.]+) GiB for pods/m.exec(readme("protos"))?.[1];
    expect(Number(said)).toBeCloseTo(left, 1);
  });

  test("the kubelet starts on a live medium: what is reserved fits into the memory of a machine of 4 and of 8 GiB", () => {
    const [config] = documents("/etc/k0s/k0s.yaml");
    const { kubeReserved, systemReserved, evictionHard } = config.spec.workerProfiles[0].values;
    const share = Number(/^Options=.*\bsize=(\d+)%%/m.exec(protos.read(`${UNITS}/var-lib-k0s.mount`))?.[1]) / 100;
    const bytes = (size: string, whole: number) => {
      const [, count, unit] = /^(\d+)(Mi|Gi|%)$/.exec(size) ?? [];
      return Number(count) * (unit === "%" ? whole / 100 : unit === "Mi" ? 2 ** 20 : 2 ** 30);
    };
    for (const gibibytes of [4, 8]) {
      const memory = gibibytes * 0.93 * 2 ** 30; // what Linux leaves of it: MemTotal
      const nodefs = share * memory;
      for (const [what, signal, whole] of [
        ["memory", "memory.available", memory],
        ["ephemeral-storage", "nodefs.available", nodefs],
      ] as const) {
        const kept = [kubeReserved[what] ?? "0Mi", systemReserved[what] ?? "0Mi", evictionHard[signal]];
        const sum = kept.map((size) => bytes(size, whole)).reduce((one, other) => one + other);
        expect(sum, `${what} of ${gibibytes} GiB: ${kept} of ${whole}`).toBeLessThan(whole);
      }
    }
  });

  const manifests = () =>
    protos.node.files
      .map(({ path }) => path)
      .filter((path) => path.startsWith(`${SHIPPED}/var/lib/k0s/manifests/`))
      .map((path) => path.slice(SHIPPED.length));

  test("each manifest names its kind, and its namespace where it has one; where work may live stands alone", () => {
    expect(manifests().sort()).toEqual([LIMITS, NAMESPACE]);
    for (const path of manifests()) {
      const found = documents(path);
      for (const manifest of found) {
        expect([typeof manifest.apiVersion, typeof manifest.kind]).toEqual(["string", "string"]);
        if (manifest.kind !== "Namespace") expect(manifest.metadata.namespace).toBe("homelab");
        // lay-shipped never changes such a file, so nothing that an image must be able to change may stand in it, and
        // its folder, which k0s compares with the cluster as a whole, holds nothing else.
        if (/^(Namespace|CustomResourceDefinition|PersistentVolume)/.test(manifest.kind)) {
          expect(found).toHaveLength(1);
          expect(protos.read(`${SHIPPED}${path}`)).toMatch(new RegExp(`^kind: ${manifest.kind}$`, "m"));
          expect(manifests().filter((other) => dirname(other) === dirname(path))).toEqual([path]);
        }
      }
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
    protos.put("/proc/uptime", "4810.03 100.00\n");
    for (const fact of ["node", "pod", "dns"]) expect(check(fact).code).toBe(1);
  });

  describe("images that cannot be fetched", () => {
    const WAITING = `kube-proxy-x1   1/1   Running                 0   9m
kube-router-x2  0/1   Init:ImagePullBackOff   0   9m
coredns-x3      0/1   ErrImagePull            0   9m
`;
    const NO_NETWORK =
      "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:…\n";
    const skips = {
      code: 77,
      out: "SKIP: images cannot be fetched for kube-router-x2, coredns-x3; this shows once they can\n",
    };
    beforeEach(() => {
      protos.put("/proc/uptime", "481.03 100.00\n");
      is("kube-system", WAITING);
      is("unready", NO_NETWORK);
    });

    test("node, pod and dns cannot be shown then, and say for which pods; what holds, holds", () => {
      for (const fact of ["node", "pod", "dns"]) expect(check(fact), fact).toMatchObject(skips);
      expect(check("pod").err).toBe("no pod is running\n");
      is("pods", "kube-system/kube-proxy-x1\n");
      expect(check("pod").code).toBe(0);
    });

    test("role-check takes it for what it is: not shown, so the gate finds nothing new", () => {
      const run = join(import.meta.dir, "../../.dagger/src/boot/role-check/files/run");
      const list = protos.node.assertions.map(({ name, command }) => `600\t${name}\t${command}\n`).join("");
      protos.put("/assertions.tsv", list);
      protos.put("/var/lib/k0s/pki/admin.conf", "key", 0o600);
      const ran = spawnSync(run, [protos.path("/assertions.tsv"), protos.path("/said"), "1", "0"], {
        env: protos.env(),
      });
      expect(ran.status).toBe(0);
      const holds = protos.node.assertions.map((_, index) =>
        protos.read(`/said/${String(index + 1).padStart(3, "0")}/holds`).trim(),
      );
      expect(holds).toEqual(["skipped", "skipped", "skipped", "true"]);
    });

    test("the image of a pod's sandbox, which only events tell of", () => {
      is(
        "kube-system",
        "coredns-x3   0/1   ContainerCreating   0   9m\ncoredns-x30   0/1   ContainerCreating   0   9m\n",
      );
      expect(check("dns").code).toBe(1);
      is(
        "events",
        'coredns-x3 Failed to create pod sandbox: rpc error: … failed to get sandbox image "pause:3.10": …\n',
      );
      const out = "SKIP: images cannot be fetched for coredns-x3; this shows once they can\n";
      expect(check("dns")).toMatchObject({ code: 77, out });
    });

    test("in the first eight minutes it is a failure, which is tried again: the network may be late", () => {
      protos.put("/proc/uptime", "479.99 100.00\n");
      for (const fact of ["node", "pod", "dns"]) expect(check(fact), fact).toMatchObject({ code: 1, out: "" });
    });

    test("an assertion that can say so has time for it: three requests of 10 s more than those minutes", () => {
      const [, after] = /-ge (\d+) \]/.exec(protos.read("/usr/lib/hegemonikon/protos/unshown")) ?? [];
      expect(after).toBe("480"); // "eight minutes", as it says itself, and the README does
      expect(readme("protos").match(/eight minutes after the start/g)).toHaveLength(1);
      const those = protos.node.assertions.filter(({ command }) => /^protos-check (node|pod|dns)$/.test(command));
      expect(those).toHaveLength(3);
      for (const { name, within } of those) {
        expect([name, durationInSeconds(within) > Number(after) + 30]).toEqual([name, true]);
      }
    });

    test("another reason is a failure: pods that crash, a node that is not Ready for want of anything else", () => {
      is("unready", "Kubelet stopped posting node status.\n");
      expect(check("node")).toMatchObject({ code: 1, out: "" });
      is("kube-system", "coredns-x3   0/1   CrashLoopBackOff   7   9m\n");
      for (const fact of ["pod", "dns"]) expect(check(fact), fact).toMatchObject({ code: 1, out: "" });
      // Kubernetes keeps events for an hour: this one is of the first seconds, when the network was late.
      is(
        "events",
        'coredns-x3 Failed to create pod sandbox: rpc error: … failed to get sandbox image "pause:3.10": …\n',
      );
      for (const status of ["CrashLoopBackOff", "Init:CrashLoopBackOff", "Error"]) {
        is("kube-system", `coredns-x3   0/1   ${status}   7   9m\n`);
        expect(check("dns"), status).toMatchObject({ code: 1, out: "" });
      }
      is("kube-system", "");
      for (const fact of ["pod", "dns"]) expect(check(fact), fact).toMatchObject({ code: 1, out: "" });
    });
  });

  describe("kubeconfig", () => {
    const PKI = "/var/lib/k0s/pki";
    /** k0s' four, as k0s writes them: admin's mode differs between its versions, konnectivity's is 0640 in all. */
    const written = (...modes: number[]) =>
      ["admin", "ccm", "scheduler", "konnectivity"].forEach((name, index) => {
        protos.put(`${PKI}/${name}.conf`, "key", modes[index] ?? 0o640);
      });
    const accounts = { "kube-apiserver": 641, "kube-scheduler": 642, "konnectivity-server": 643 };
    const fakeId = () => {
      const cases = Object.entries(accounts).map(([name, id]) => `  ${name}) echo ${id} ;;`);
      protos.put("/fakes/id", ["#!/bin/sh", "case $2 in", ...cases, "  *) exit 1 ;;", "esac\n"].join("\n"), 0o755);
    };

    test("k0s' four hold with the modes that its versions write, root's or its accounts'", () => {
      written(0o600, 0o600, 0o600, 0o640);
      expect(check("kubeconfig")).toMatchObject({ code: 0, err: "" });
      written();
      expect(check("kubeconfig")).toMatchObject({ code: 0, err: "" });
      fakeId();
      chownSync(protos.path(`${PKI}/ccm.conf`), 641, 0);
      chownSync(protos.path(`${PKI}/scheduler.conf`), 642, 0);
      chownSync(protos.path(`${PKI}/konnectivity.conf`), 643, 0);
      expect(check("kubeconfig")).toMatchObject({ code: 0, err: "" });
    });

    test("anybody else who could read or write one is a failure, and so is an account with another's file", () => {
      fakeId();
      for (const mode of [0o644, 0o604, 0o660, 0o620, 0o602, 0o641]) {
        written(mode);
        const ran = check("kubeconfig");
        expect(ran, mode.toString(8)).toMatchObject({ code: 1 });
        expect(ran.err).toContain("admin.conf");
      }
      const owners: [string, number, number][] = [
        ["konnectivity", 0, 4242],
        ["admin", 4242, 0],
        ["admin", 641, 0],
        ["scheduler", 641, 0],
      ];
      for (const [name, user, group] of owners) {
        written();
        chownSync(protos.path(`${PKI}/${name}.conf`), user, group);
        const ran = check("kubeconfig");
        expect(ran, `${name} ${user}:${group}`).toMatchObject({ code: 1 });
        expect(ran.err).toContain(`${name}.conf`);
        chownSync(protos.path(`${PKI}/${name}.conf`), 0, 0);
      }
    });

    test("no admin.conf proves nothing", () => {
      expect(check("kubeconfig")).toMatchObject({ code: 1 });
      protos.put(`${PKI}/ccm.conf`, "key", 0o600);
      expect(check("kubeconfig").err).toContain("k0s has not made its certificates");
    });
  });

  test("a wrong fact is named, and every assertion of node.yaml asks a right one", () => {
    expect(check("nodes")).toMatchObject({ code: 64, err: "usage: protos-check node|pod|dns|kubeconfig\n" });
    const asked = protos.node.assertions.map(({ command }) => command.replace(/^protos-check /, ""));
    expect(asked.sort()).toEqual(["dns", "kubeconfig", "node", "pod"]);
  });

  test("protos-status says all of it, and what was changed", () => {
    protos.put(LIMITS, "mine: 1\n");
    is("nodes", "node/protos condition met\n");
    const { code, out } = protos.run("/usr/bin/protos-status");
    expect(code).toBe(0);
    expect(out).toContain("k0s: active, v1.34.10+k0s.0");
    expect(out).toMatch(/node +ok /);
    expect(out).toMatch(/pod +not ok +no pod is running/);
    expect(out).toContain(`kept      ${LIMITS}: changed on this machine`);
  });
});

describe("kubectl", () => {
  const HOME = "/home/kim";
  const kubectl = (user: number, args: string[], env: Record<string, string> = {}) => {
    protos.put("/fakes/id", `#!/bin/sh\necho ${user}\n`, 0o755);
    protos.put("/usr/bin/k0s", '#!/bin/sh\necho "[$KUBECONFIG] $*"\n', 0o755);
    const ran = protos.run("/usr/bin/kubectl", args, { HOME: protos.path(HOME), ...env });
    return { ...ran, out: ran.out.replaceAll(protos.root, "") };
  };

  test("root has the machine's", () => {
    expect(kubectl(0, ["get", "pods"])).toMatchObject({ code: 0, out: "[] kubectl get pods\n" });
  });

  test("who has none is told to use sudo instead of seeing a refused connection", () => {
    for (const args of [["get", "pods"], ["version"], ["exec", "pod", "--", "program", "--help"]]) {
      const ran = kubectl(1000, args);
      expect(ran).toMatchObject({ code: 77, out: "" });
      expect(ran.err).toContain(`sudo kubectl ${args.join(" ")}`);
    }
  });

  test("who has one of their own uses it: in the home folder, in KUBECONFIG, as an argument", () => {
    expect(kubectl(1000, ["get", "pods"], { KUBECONFIG: "/mine" }).out).toBe("[/mine] kubectl get pods\n");
    for (const args of [
      ["get", "--kubeconfig=/mine", "pods"],
      ["--kubeconfig", "/mine", "get", "pods"],
    ]) {
      expect(kubectl(1000, args)).toMatchObject({ code: 0, out: `[${HOME}/.kube/config] kubectl ${args.join(" ")}\n` });
    }
    protos.put(`${HOME}/.kube/config`, "mine");
    expect(kubectl(1000, ["get", "pods"]).out).toBe(`[${HOME}/.kube/config] kubectl get pods\n`);
  });

  test("what needs no cluster needs no kubeconfig", () => {
    const lines = "|version --client|completion bash|config view|get --help|help get|options|plugin list|apply -h";
    for (const line of lines.split("|")) {
      expect(kubectl(1000, line.split(" ").filter(Boolean)), line).toMatchObject({ code: 0 });
    }
  });
});

describe("k0s' accounts", () => {
  const made = () => spawnSync("systemd-sysusers", [`--root=${protos.root}`, "k0s.conf"], { encoding: "utf8" });
  const passwd = () =>
    protos
      .read("/etc/passwd")
      .trim()
      .split("\n")
      .map((line) => line.split(":"));

  test("are made under the names that k0s looks for, with fixed ids and no shell, and at each start of k0s", () => {
    mkdirSync(protos.path("/etc"), { recursive: true });
    expect(made()).toMatchObject({ status: 0, stdout: "" });
    const ids = Object.fromEntries(passwd().map(([name, , user, group]) => [name, [user, group].join(":")]));
    expect(ids).toEqual({
      etcd: "640:640",
      "kube-apiserver": "641:641",
      "kube-scheduler": "642:642",
      "konnectivity-server": "643:643",
    });
    expect(new Set(passwd().map((fields) => fields[6]))).toEqual(new Set(["/usr/sbin/nologin"]));
    const before = protos.read("/etc/passwd");
    expect(made()).toMatchObject({ status: 0 });
    expect(protos.read("/etc/passwd")).toBe(before);
    const unit = protos.read(`${UNITS}/k0scontroller.service`);
    expect(unit).toMatch(/^ExecStartPre=-\/usr\/bin\/systemd-sysusers k0s\.conf$/m);
  });
});

describe("installing", () => {
  const check = () => protos.run("/usr/lib/hegemonikon/protos/not-installing");
  const UNATTENDED = "#cloud-config\ninstall:\n  device: /dev/nvme0n1\n  auto: true\n";
  beforeEach(() => {
    protos.put("/proc/cmdline", "BOOT_IMAGE=(cd0)/boot/kernel cdroot root=live:CDLABEL=COS_LIVE install-mode\n");
    protos.put("/run/cos/live_mode", "1");
  });

  test("a live medium that is only live runs k0s", () => {
    expect(check()).toMatchObject({ code: 0, err: "" });
    protos.put("/run/initramfs/live/config.yaml", UNATTENDED.replace("true", "false"));
    expect(check()).toMatchObject({ code: 0, err: "" });
  });

  test("one that installs itself does not", () => {
    const flow = "#cloud-config\ninstall: {device: /dev/sda, auto: true}\n";
    for (const place of [
      "/run/initramfs/live/config.yaml",
      "/run/initramfs/live/config.yml",
      "/oem/95_userdata.yaml",
    ]) {
      for (const text of [UNATTENDED, flow, '{"install": {"auto": true}}\n']) {
        protos.put(place, text);
        expect(check()).toMatchObject({ code: 1, out: expect.stringContaining("installs itself") });
      }
      protos.put(place, flow.replace("auto: true", "auto: false"));
      expect(check()).toMatchObject({ code: 0 });
      rmSync(protos.path(place));
    }
    protos.put("/proc/cmdline", "install-mode install.auto=true install.device=/dev/vda\n");
    expect(check()).toMatchObject({ code: 1 });
  });

  test("the installed system, where that file stays, does", () => {
    rmSync(protos.path("/run/cos/live_mode"));
    protos.put("/oem/90_custom.yaml", UNATTENDED);
    expect(check()).toMatchObject({ code: 0 });
  });

  // What is baked in comes after the medium's config.yaml, so it would win (kairos-agent, GetUserConfigDirs).
  test("the image says nothing that the owner's file of README.md says", () => {
    const said = /install:\n((?: {6}.*\n)+)/.exec(readme("protos"))?.[1] ?? "";
    const keys = [...said.matchAll(/^ +(\w+):/gm)].map(([, key]) => key ?? "");
    expect(keys).toEqual(["device", "auto"]);
    expect(Object.keys(protos.node.install ?? {}).filter((key) => keys.includes(key))).toEqual([]);
  });
});

describe("a backup before an upgrade", () => {
  const BACKUP = "/usr/local/lib/protos/backup";
  const backUp = (env: Record<string, string> = {}) =>
    protos.run("/usr/lib/hegemonikon/protos/back-up", [], { PROTOS_TTY: "/no/terminal", ...env });
  const kept = () => readdirSync(protos.path(BACKUP)).sort();
  const none = (why: string) => ({
    code: 0,
    out: "",
    err: expect.stringContaining(`no backup of the cluster before this upgrade: ${why}`),
  });
  beforeEach(() => protos.put("/fake/state", "one"));

  test("Kairos asks for one before each upgrade, of a node that has a cluster", () => {
    const cloud = readFileSync(join(import.meta.dir, "../../nodes/protos/cloud-config.yaml"), "utf8");
    const steps = parseAllDocuments(cloud)[0]?.toJS().stages["before-upgrade"];
    expect(protos.node.kubernetes).toBeDefined();
    expect(steps.flatMap(({ commands }: { commands: string[] }) => commands)).toEqual([
      "/usr/lib/hegemonikon/protos/back-up",
    ]);
  });

  test("it is root's alone, names the k0s that made it, and k0s works on the disk, not in memory", () => {
    const { code, err } = backUp();
    expect(code).toBe(0);
    expect(kept()).toEqual([expect.stringMatching(/^k0s-v1\.34\.10\+k0s\.0-\d{8}T\d{6}Z\.tar\.gz$/)]);
    const told = [
      "k0s backs up the cluster before this upgrade, 300 s at most",
      "the cluster before this upgrade is in",
    ];
    expect(err).toBe(`${told.map((line) => `protos: ${line}`).join("\n")} ${protos.path(BACKUP)}/${kept()[0]}\n`);
    expect(protos.read(`${BACKUP}/${kept()[0]}`)).toBe("one");
    expect(statSync(protos.path(BACKUP)).mode & 0o777).toBe(0o700);
    expect(statSync(protos.path(`${BACKUP}/${kept()[0]}`)).mode & 0o077).toBe(0);
    expect(statSync(protos.path("/usr/local/lib/protos")).mode & 0o777).toBe(0o755); // lay-shipped's book is there
    expect(protos.read("/fake/tmpdir")).toStartWith(protos.path(BACKUP));
    expect(protos.run("/usr/bin/protos-status").out).toContain(`newest backup: ${kept()[0]}\n`);
  });

  test("who waits at a terminal is told there", () => {
    const tty = protos.path("/fake/tty");
    expect(backUp({ PROTOS_TTY: tty }).err).toBe("");
    expect(protos.read("/fake/tty")).toStartWith("protos: ");
  });

  test("the newest two stay, and nothing of one that a power cut ended", () => {
    for (const [name, time] of [
      ["k0s-v1.33.9-20270101T000000Z.tar.gz", 1000],
      ["k0s-v1.9.0-20200101T000000Z.tar.gz", 2000],
    ] as const) {
      protos.put(`${BACKUP}/${name}`, "old");
      utimesSync(protos.path(`${BACKUP}/${name}`), time, time);
    }
    protos.put(`${BACKUP}/new/half`, "half");
    backUp();
    expect(kept()).toEqual([expect.stringContaining("v1.34.10"), "k0s-v1.9.0-20200101T000000Z.tar.gz"]);
  });

  test("an upgrade that was taken back and is tried again throws away none: the first is from before it", () => {
    protos.put("/usr/local/lib/hegemonikon/upgrade/taken-back", "taken back");
    for (const name of ["a", "b", "c"]) protos.put(`${BACKUP}/${name}.tar.gz`, "old");
    backUp();
    expect(kept()).toHaveLength(4);
  });

  test("where there is none the upgrade goes on, why is said, and those of before stay", () => {
    protos.put(`${BACKUP}/k0s-old.tar.gz`, "old");
    protos.put("/fake/stopped", "");
    expect(backUp()).toMatchObject(none("k0s does not run"));
    rmSync(protos.path("/fake/stopped"));
    protos.put("/fake/down", "");
    expect(backUp()).toMatchObject(none("k0s ended with exit code 1: Error: unable to detect cluster status"));
    rmSync(protos.path("/fake/down"));
    expect(backUp({ KUBERNETES_SERVICE_HOST: "10.96.0.1" })).toMatchObject(none("Kubernetes started it"));
    protos.put("/fake/slow", "60");
    expect(backUp({ PROTOS_BACKUP_SECONDS: "1" })).toMatchObject(none("k0s ended with exit code 124"));
    rmSync(protos.path("/fake/slow"));
    protos.put("/fakes/df", "#!/bin/sh\necho 'Avail\n3'\n", 0o755);
    protos.put("/var/lib/k0s/etcd/member/snap/db", Buffer.alloc(2 ** 20));
    expect(backUp()).toMatchObject(none("it may need"));
    expect(kept()).toEqual(["k0s-old.tar.gz"]);
  });
});

describe("units", () => {
  test("k0s starts after its files are there, and not without them", () => {
    const unit = protos.read(`${UNITS}/k0scontroller.service`);
    expect(unit).toMatch(/^Requires=protos-files\.service$/m);
    expect(unit).toMatch(/^After=protos-files\.service /m);
    expect(protos.read(`${UNITS}/protos-files.service`)).toMatch(/^Type=oneshot$/m);
  });

  test('k0s\' own: containers outlive its restart and inherit nothing; README.md, "Security", has the reasons', () => {
    const unit = protos.read(`${UNITS}/k0scontroller.service`);
    const set = [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = "", value]) => [key, value] as const);
    expect(Object.fromEntries(set)).toMatchObject({ KillMode: "process", Delegate: "yes", Restart: "always" });
    // What makes a namespace or takes something from all that it starts. A condition is no sandbox.
    const sandbox =
      /^(Protect|Private|Restrict|SystemCall|Read|Inaccessible|Exec(Paths|Search)|NoExec|Bind|Temporary|RootDirectory|RootImage|Mount|NoNew|Lock|MemoryDeny|Capability|Ambient|Device|IPAddress|User|Group|Dynamic|UMask|Secure|Keyring)/;
    expect(set.map(([key]) => key).filter((key) => sandbox.test(key))).toEqual([]);
  });

  test("k0s stays away where nothing persistent is mounted: recovery, and a reset that runs by itself", () => {
    for (const name of ["k0scontroller.service", "protos-files.service"]) {
      const away = [...protos.read(`${UNITS}/${name}`).matchAll(/^ConditionPathExists=!\/run\/cos\/(\w+)$/gm)];
      expect(away.map(([, mode]) => mode)).toEqual(["recovery_mode", "autoreset_mode"]);
    }
    expect(protos.read(`${UNITS}/k0scontroller.service`)).toMatch(/^ExecCondition=\S+\/not-installing$/m);
  });
});

test("shell files are shellcheck-clean and under 50 lines", () => {
  expect(shellProblems("protos")).toBe("");
});
