import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { Machine } from "./machine.js";
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

describe("what k0s reads", () => {
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
    expect(unitProblems(protos, ["/usr/bin/k0s"])).toBe("");
    const unit = `${UNITS}/k0scontroller.service`;
    protos.put(unit, protos.read(unit).replace("/usr/bin/k0s", "/usr/local/bin/k0s"));
    expect(unitProblems(protos, [])).toContain("/usr/local/bin/k0s");
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
  });
});

test("shell files are shellcheck-clean and under 50 lines", () => {
  expect(shellProblems("protos")).toBe("");
});
