import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { Machine } from "./machine.js";
import { ModelServer } from "./noos/model-server.js";
import { shellProblems } from "./shell-files.js";

const LIB = "/usr/lib/hegemonikon/noos";
const SHARE = "/usr/share/hegemonikon";
const quick = { NOOS_FIRST_WAIT: "0" };
const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");

setDefaultTimeout(60_000); // the machine that tests may be busy

let noos: Machine;
beforeEach(() => {
  noos = new Machine("noos");
  noos.run(`${LIB}/prepare-storage`);
  noos.put("/proc/uptime", "200.00 100.00\n");
  noos.put("/fake/began", "170000000\n"); // microseconds
});
afterEach(() => noos.remove());

const state = (name: string) => JSON.parse(noos.read(`/run/noos/state/${name}.json`));
const podman = () => noos.read("/fake/podman.log").trim().split("\n");

describe("storage", () => {
  test("stands on the persistent disk of an installed machine", () => {
    expect(readlinkSync(noos.path("/run/noos/data"))).toBe(noos.path("/usr/local/lib/noos"));
    expect(noos.read("/etc/containers/storage.conf")).toContain('graphroot = "/usr/local/lib/noos/containers"');
    // what podman found out about another store, in its usual place, is not believed
    expect(noos.read("/etc/containers/storage.conf")).toContain('runroot = "/run/noos/podman"');
    expect(statSync(noos.path("/usr/local/lib/noos/local-ai.env")).mode & 0o777).toBe(0o600);
  });

  test("stands in memory on a live medium, and says so", () => {
    noos.put("/run/cos/live_mode", "1");
    expect(noos.run(`${LIB}/prepare-storage`).code).toBe(0);
    expect(readlinkSync(noos.path("/run/noos/data"))).toBe(noos.path("/run/noos/ram"));
    expect(state("storage").detail).toContain("nothing is kept");
  });

  test("keeps the machine's settings at the next boot and drops what an import left", () => {
    noos.put("/usr/local/lib/noos/local-ai.env", "LOCALAI_API_KEY=k\n");
    noos.put("/usr/local/lib/noos/tmp/half", "x");
    noos.run(`${LIB}/prepare-storage`);
    expect(noos.read("/usr/local/lib/noos/local-ai.env")).toBe("LOCALAI_API_KEY=k\n");
    expect(existsSync(noos.path("/usr/local/lib/noos/tmp/half"))).toBe(false);
  });
});

describe("the container image", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const archive = `${SHARE}/containers/local-ai.oci.tar`;
  const entry = { source: "local-ai", reference: "docker.io/localai/localai", version: "v4.8.2" };
  const list = (...entries: object[]) => noos.put(`${SHARE}/containers.json`, JSON.stringify(entries));
  const load = (env = {}) => noos.run(`${LIB}/load-image`, ["local-ai"], { ...quick, ...env });

  test("baked: imported once, then found without touching the archive", () => {
    noos.put(archive, "layers");
    list({ ...entry, digest, delivery: "baked", archive });
    expect(load().code).toBe(0);
    expect(noos.read("/run/noos/image.env")).toBe(`NOOS_IMAGE=sha256:${sha256("layers")}\n`);
    expect(load().code).toBe(0);
    expect(podman().filter((line) => line.startsWith("load"))).toHaveLength(1);
    expect(state("image").state).toBe("ready");
  });

  test("baked without a digest: the archive's own hash decides, so a new archive of one version is imported", () => {
    list({ ...entry, delivery: "baked", archive });
    noos.put(archive, "one");
    load();
    noos.put(archive, "two");
    load();
    expect(noos.read("/run/noos/image.env")).toContain(sha256("two"));
  });

  test("pulled: by digest, tried again, and the state is visible without the registry's password", () => {
    list({ ...entry, digest, delivery: "pulled" });
    noos.put("/fake/fail", "3");
    const ran = load();
    expect(ran.code).toBe(0);
    expect(podman().filter((line) => line === `pull --quiet docker.io/localai/localai@${digest}`)).toHaveLength(4);
    expect(ran.out).toContain("try 3 of 10");
    expect(ran.out).not.toContain("hunter2");
    expect(state("image").state).toBe("ready");
  });

  test("pulled without a digest: by version", () => {
    list({ ...entry, delivery: "pulled" });
    expect(load().code).toBe(0);
    expect(podman()).toContain("pull --quiet docker.io/localai/localai:v4.8.2");
  });

  test("pulled in vain: a round's tries are bounded, the state says that another follows, and why", () => {
    list({ ...entry, digest, delivery: "pulled" });
    noos.put("/fake/fail", "99");
    const ran = load({ NOOS_TRIES: "3" });
    expect(ran.code).not.toBe(0);
    expect(podman().filter((line) => line.startsWith("pull"))).toHaveLength(3);
    expect(state("image")).toMatchObject({
      state: "waiting",
      detail: "try 3 of 3: Error: dial tcp https://registry: no route to host; a new round follows",
    });
    expect(existsSync(noos.path("/run/noos/image.env"))).toBe(false);
  });

  describe("a power cut", () => {
    const synced = () =>
      noos.put("/fakes/sync", '#!/bin/sh\necho "sync $*" >>"$FAKE/podman.log"\n[ ! -e "$FAKE/bad" ]\n', 0o755);
    const STORE = "/usr/local/lib/noos/containers";
    const said = () => podman().map((line) => line.replaceAll(noos.root, ""));
    beforeEach(() => {
      noos.put(archive, "layers");
      list({ ...entry, digest, delivery: "baked", archive });
    });

    test("the image gets its name, which is what is asked for, when it is on the disk", () => {
      synced();
      expect(load().code).toBe(0);
      const order = said().filter((line) => /^(sync|load|tag)/.test(line));
      expect(order.map((line) => line.split(" ")[0])).toEqual(["sync", "load", "sync", "tag", "sync"]);
      expect(order[0]).toEndWith("/importing");
      expect(order[2]).toBe("sync --file-system /run/noos/data/containers");
      expect(existsSync(noos.path("/usr/local/lib/noos/importing"))).toBe(false);
    });

    test("what cannot be brought to the disk gets no name, and nobody takes it for finished", () => {
      synced();
      noos.put("/fake/bad", "");
      noos.put("/usr/local/lib/noos/importing", "");
      expect(load({ NOOS_TRIES: "1" }).code).not.toBe(0);
      expect(said().some((line) => line.startsWith("tag"))).toBe(false);
      expect(existsSync(noos.path("/usr/local/lib/noos/importing"))).toBe(true);
    });

    test("what it left of an import is thrown away at the next boot, and nothing else is", () => {
      noos.put(`${STORE}/overlay/half`, "");
      noos.put("/usr/local/lib/noos/models/mine", "");
      noos.put("/usr/local/lib/noos/importing", "");
      expect(noos.run(`${LIB}/prepare-storage`).code).toBe(0);
      expect(readdirSync(noos.path(STORE))).toEqual([]);
      expect(load().code).toBe(0);
      expect(
        readdirSync(noos.path("/usr/local/lib/noos")).filter((name) => /^(unfinished|importing)/.test(name)),
      ).toEqual([]);
      expect(existsSync(noos.path("/usr/local/lib/noos/models/mine"))).toBe(true);
      noos.put(`${STORE}/overlay/whole`, "");
      noos.run(`${LIB}/prepare-storage`);
      expect(load().code).toBe(0);
      expect(existsSync(noos.path(`${STORE}/overlay/whole`))).toBe(true);
    });

    test("a try that fails, as without a network, throws nothing away", () => {
      list({ ...entry, digest, delivery: "pulled" });
      noos.put(`${STORE}/overlay/whole`, "");
      noos.put("/fake/fail", "9");
      expect(load({ NOOS_TRIES: "2" }).code).not.toBe(0);
      noos.run(`${LIB}/prepare-storage`);
      expect(existsSync(noos.path(`${STORE}/overlay/whole`))).toBe(true);
    });
  });

  test("a list without the container is a permanent failure with a reason", () => {
    list();
    expect(load().code).toBe(65);
    expect(state("image").detail).toContain("no container named local-ai");
  });

  test("the image before this one stays for a fallback of the OS, older ones go", () => {
    const versions = ["1", "2", "3", "1"].map((c) => `sha256:${c.repeat(64)}`);
    for (const digest of versions.slice(0, 3)) {
      list({ ...entry, digest, delivery: "pulled" });
      expect(load().code).toBe(0);
    }
    expect(podman().filter((line) => line.startsWith("rmi"))).toHaveLength(1);
    // The current one is still there: podman lists it under its registry's name too, which is not in the book.
    const current = /NOOS_IMAGE=(.*)/.exec(noos.read("/run/noos/image.env"))?.[1] ?? "";
    expect(podman().filter((line) => line === `rmi --force ${current}`)).toEqual([]);
    list({ ...entry, digest: versions[1], delivery: "pulled" });
    load();
    expect(podman().filter((line) => line.startsWith("pull"))).toHaveLength(3);
  });
});

describe("who may use LocalAI without a key", () => {
  const admit = (addresses: string, settings = "") => {
    noos.put("/fake/addresses", `${addresses} \n`);
    noos.put("/usr/local/lib/noos/local-ai.env", settings);
    return noos.run(`${LIB}/admit`);
  };
  const environment = () => noos.read("/run/noos/admit.env");
  /** What the unit keeps when it starts. */
  const started = () => noos.put("/run/noos/started.env", environment());
  /** What the next round of the timer, with these addresses, tells systemd. */
  const watch = (addresses?: string) => {
    noos.put("/fake/systemctl.log", "");
    if (addresses !== undefined) noos.put("/fake/addresses", `${addresses} \n`);
    noos.run(`${LIB}/watch-health`, [], { NOOS_API: "http://127.0.0.1:1" });
    return noos.read("/fake/systemctl.log");
  };

  test("those of the home: private IPv4 addresses, whatever IPv6 the machine has", () => {
    for (const address of ["192.168.1.20", "10.0.2.15", "172.31.255.1", "100.64.0.1", "169.254.3.4"]) {
      expect(admit(`${address} 2001:db8:1::20 fd00::20`)).toMatchObject({ code: 0 });
      expect(environment()).toBe("LOCALAI_ALLOW_INSECURE_PUBLIC_BIND=true\n");
      expect(state("address").state).toBe("ready");
    }
    const settings = noos.read(`${LIB}/local-ai.env`);
    expect(settings).toMatch(/^LOCALAI_ADDRESS=0\.0\.0\.0:8080$/m); // or IPv6 would be served too
  });

  test("nobody on a machine with a public address, which says so, until it has a key", () => {
    for (const address of ["203.0.113.5", "172.32.0.1", "100.128.0.1", "192.169.0.1", "11.0.0.1"]) {
      expect(admit(`192.168.1.20 ${address}`)).toMatchObject({ code: 77 });
    }
    expect(state("address")).toMatchObject({ state: "failed" });
    expect(state("address").detail).toMatch(/^11\.0\.0\.1 is public, and no LOCALAI_API_KEY is in /);
    expect(admit("203.0.113.5", "# LOCALAI_API_KEY=no\nLOCALAI_API_KEY=\n").code).toBe(77);
    expect(admit("203.0.113.5", "LOCALAI_API_KEY=k\n").code).toBe(0);
    expect(environment().trim()).toBe("");
  });

  test("this machine alone, as long as no IPv4 address is known: the first one could be public", () => {
    expect(admit("2001:db8:1::20")).toMatchObject({ code: 0 });
    expect(environment()).toBe("LOCALAI_ADDRESS=127.0.0.1:8080\n");
    expect(state("address").state).toBe("waiting");
    // What admit says comes after the files that it overrules.
    const unit = noos.read("/usr/lib/systemd/system/local-ai.service");
    expect([...unit.matchAll(/--env-file=(\S+)/g)].at(-1)?.[1]).toBe("/run/noos/admit.env");
    started();
    expect(watch("192.168.1.20")).toStartWith("try-restart --no-block local-ai.service\n");
    started();
    expect(watch()).not.toContain("restart");
  });

  test("a moment without an address interrupts nobody: a cable, a router that restarts", () => {
    admit("192.168.1.20");
    started();
    for (const addresses of ["192.168.1.20", "", "", "192.168.1.20", "192.168.1.21"]) {
      expect([addresses, watch(addresses)]).toEqual([addresses, expect.not.stringContaining("restart")]);
    }
    // a key is for the LocalAI that runs, too
    noos.put("/usr/local/lib/noos/local-ai.env", "LOCALAI_API_KEY=k\n");
    expect(watch()).toStartWith("try-restart");
  });

  test("what LocalAI started with is kept after admit has said it, where it is compared", () => {
    const unit = noos.read("/usr/lib/systemd/system/local-ai.service");
    expect(unit).toMatch(
      /^ExecCondition=.*\/admit\n(.*\n)*ExecStartPre=\/usr\/bin\/cp \/run\/noos\/admit.env \/run\/noos\/started.env$/m,
    );
  });

  test("whoever has a key, however it is given; a log-in without a key is told, as noos's own checks have none", () => {
    for (const key of ["LOCALAI_API_KEY=k\n", "API_KEY=k\n", "LOCALAI_AUTH=true\nLOCALAI_API_KEY=k\n"]) {
      expect(admit("203.0.113.5", key).code).toBe(0);
      expect(state("address").state).toBe("ready");
    }
    for (const key of ["LOCALAI_AUTH=true\n", "LOCALAI_OIDC_CLIENT_ID=x\n", "GITHUB_CLIENT_ID=x\n"]) {
      expect(admit("203.0.113.5", key).code).toBe(0);
      expect(state("address")).toMatchObject({ state: "waiting", detail: expect.stringContaining("LOCALAI_API_KEY") });
      expect(environment().trim()).toBe("");
    }
  });

  test("an address that comes later stops LocalAI, a key starts it again", () => {
    admit("192.168.1.20");
    started();
    expect(watch()).not.toMatch(/stop|^start/m);
    noos.put("/fake/addresses", "203.0.113.5 \n");
    expect(watch()).toBe("stop --no-block local-ai.service\n");
    noos.put("/usr/local/lib/noos/local-ai.env", "LOCALAI_API_KEY=k\n");
    expect(watch()).toStartWith("start --no-block local-ai.service\n");
    expect(watch()).not.toMatch(/^start/m);
  });

  test("asked by two units at once: both know, and neither takes the other for a refusal", async () => {
    admit("192.168.1.20");
    const program = noos.path(`${LIB}/admit`);
    const ask = () => Bun.spawn([program], { env: noos.env(), stdout: "ignore" }).exited;
    for (let round = 0; round < 8; round++) {
      expect(await Promise.all(Array.from({ length: 8 }, ask))).toEqual(Array(8).fill(0));
    }
    expect(state("address").state).toBe("ready");
  });

  test("not known, because something else went wrong: LocalAI goes on", () => {
    admit("192.168.1.20");
    noos.put("/fakes/hostname", "#!/bin/sh\nexit 1\n", 0o755);
    noos.put("/fake/systemctl.log", "");
    expect(noos.run(`${LIB}/watch-health`).code).not.toBe(0);
    expect(noos.read("/fake/systemctl.log")).not.toContain("stop");
    // Any other code of an ExecCondition= means "not wanted" to systemd, after which Restart= does nothing.
    expect(noos.run(`${LIB}/admit`).code).toBe(255);
  });
});

describe("models", () => {
  let server: ModelServer;
  let url: string;
  const content = randomBytes(300_000);
  const name = "tiny.gguf";
  const model = `/usr/local/lib/noos/models/${name}`;
  const part = `/usr/local/lib/noos/partial/${sha256(content)}`;
  const list = (...models: object[]) => noos.put(`${SHARE}/models.json`, JSON.stringify(models));
  const fetchModels = (env = {}) => noos.start(`${LIB}/fetch-models`, [], { ...quick, ...env });

  beforeEach(async () => {
    server = new ModelServer(content);
    url = await server.listen();
    list({ name, url, sha256: sha256(content) });
  });
  afterEach(() => server.close());

  test("one is fetched, verified, named, and not fetched or hashed again", async () => {
    expect((await fetchModels()).code).toBe(0);
    expect(sha256(readFileSync(noos.path(model)))).toBe(sha256(content));
    expect((await fetchModels()).code).toBe(0);
    expect(server.requests).toHaveLength(1);
    expect(state(`model-${name}`)).toMatchObject({ state: "ready", detail: "300000 bytes" });
  });

  test("a cut connection goes on where it stopped: no byte is fetched twice", async () => {
    server.cuts = [100_000, 50_000];
    expect((await fetchModels()).code).toBe(0);
    expect(server.requests.map((request) => request.range)).toEqual([undefined, "bytes=100000-", "bytes=150000-"]);
    expect(server.requests.reduce((sum, request) => sum + request.sent, 0)).toBe(content.length);
  });

  test("a fetch that was killed goes on at the next boot", async () => {
    noos.put(part, content.subarray(0, 120_000));
    expect((await fetchModels()).code).toBe(0);
    expect(server.requests.map((request) => request.range)).toEqual(["bytes=120000-"]);
  });

  test("killed between the last byte and the name: nothing is fetched", async () => {
    noos.put(part, content);
    expect((await fetchModels()).code).toBe(0);
    expect(server.requests).toHaveLength(0);
    expect(existsSync(noos.path(model))).toBe(true);
  });

  test("a partial file longer than the source, or a server without ranges: from the start", async () => {
    noos.put(part, Buffer.concat([content, content]));
    expect((await fetchModels()).code).toBe(0);
    noos.put(model, "spoilt");
    noos.put(part, content.subarray(0, 10));
    server.ranges = false;
    expect((await fetchModels()).code).toBe(0);
    expect(sha256(readFileSync(noos.path(model)))).toBe(sha256(content));
  });

  test("a server in trouble is asked again and the bytes so far stay", async () => {
    noos.put(part, content.subarray(0, 5));
    server.errors = [503, 503];
    expect((await fetchModels()).code).toBe(0);
    expect(server.requests.map((request) => request.range)).toEqual(Array(3).fill("bytes=5-"));
  });

  test("a wrong checksum is fetched twice, never named, and ends with the code that stops restarts", async () => {
    list({ name, url, sha256: "0".repeat(64) });
    const ran = await fetchModels();
    expect(ran.code).toBe(65);
    expect(server.requests).toHaveLength(2);
    expect(existsSync(noos.path(model))).toBe(false);
    expect(state(`model-${name}`)).toMatchObject({ state: "failed" });
    expect(state(`model-${name}`).detail).toContain(`expected sha256 ${"0".repeat(64)}`);
  });

  test("one that fails does not keep the next one waiting, and the unit tries again", async () => {
    list(
      { name: "gone.gguf", url: url.replace(/:\d+/, ":1"), sha256: "0".repeat(64) },
      { name, url, sha256: sha256(content) },
    );
    const ran = await fetchModels({ NOOS_TRIES: "2" });
    expect(ran.code).toBe(1);
    expect(existsSync(noos.path(model))).toBe(true);
    expect(state("model-gone.gguf").state).toBe("waiting");
  });

  test("a new checksum under an old name replaces the file in one step", async () => {
    await fetchModels();
    const next = randomBytes(1000);
    server.content = next;
    list({ name, url, sha256: sha256(next) });
    expect((await fetchModels()).code).toBe(0);
    expect(statSync(noos.path(model)).size).toBe(1000);
  });

  test("noos-status shows a download under way with its bytes, and says by its exit code that not all is ready", async () => {
    list({ name, url: url.replace(/:\d+/, ":1"), sha256: sha256(content) });
    noos.put(part, content.subarray(0, 777));
    await fetchModels({ NOOS_TRIES: "1" });
    const env = { NOOS_LIB: noos.path(LIB), NOOS_API: "http://127.0.0.1:1" };
    const text = noos.run("/usr/bin/noos-status", [], env);
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/model-tiny\.gguf +waiting .*777 bytes so far/);
    const json = JSON.parse(noos.run("/usr/bin/noos-status", ["--json"], env).out);
    expect(json.map((record: { name: string }) => record.name).sort()).toEqual(["api", "model-tiny.gguf", "storage"]);
    expect(noos.run("/usr/bin/noos-status", ["--jsn"], env)).toMatchObject({ code: 64 });
  });

  test("no list of models: nothing to do", async () => {
    noos.put(`${SHARE}/models.json`, "[]");
    expect((await fetchModels()).code).toBe(0);
    rmSync(noos.path(`${SHARE}/models.json`));
    expect((await fetchModels()).code).toBe(0);
  });
});

describe("LocalAI", () => {
  const SHA = "0".repeat(64);
  let server: ReturnType<typeof Bun.serve>;
  let env: Record<string, string>;
  let asked: { path: string; key: string | null; body: string }[];
  let answers: Record<string, unknown>;

  beforeEach(() => {
    asked = [];
    answers = { "/readyz": "OK", "/v1/models": { data: [] } };
    server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const path = new URL(request.url).pathname;
        asked.push({ path, key: request.headers.get("authorization"), body: await request.text() });
        const given = answers[path];
        const answer = typeof given === "function" ? given(asked.at(-1)?.body) : given;
        return answer === undefined ? new Response("", { status: 503 }) : Response.json(answer);
      },
    });
    env = { NOOS_API: `http://127.0.0.1:${server.port}`, NOOS_LIB: noos.path(LIB) };
    noos.put(`${SHARE}/models.json`, JSON.stringify([{ name: "tiny.gguf", url: "http://x/y", sha256: SHA }]));
  });
  afterEach(() => server.stop(true));

  const check = (...fact: string[]) => noos.start("/usr/bin/noos-check", fact, env);
  const fetched = () => {
    noos.put("/usr/local/lib/noos/models/tiny.gguf", "m");
    noos.put("/usr/local/lib/noos/verified/tiny.gguf", "v");
  };

  test("ready: as /readyz answers", async () => {
    expect((await check("ready")).code).toBe(0);
    answers = {};
    expect((await check("ready")).code).not.toBe(0);
  });

  test("backend: in its place, and whose it is", async () => {
    const llama = { Name: "llama-cpp", RunFile: "/system-backends/llama-cpp/run.sh", IsSystem: true };
    answers["/backends"] = [{ Name: "ik-llama-cpp", IsSystem: false }];
    expect((await check("backend", "llama-cpp")).code).not.toBe(0);
    answers["/backends"] = [{ Name: "ik-llama-cpp", IsSystem: false }, llama];
    expect(await check("backend", "llama-cpp")).toMatchObject({ code: 0, out: "llama-cpp: of this OS image\n" });
    answers["/backends"] = [{ ...llama, IsSystem: false }];
    expect((await check("backend", "llama-cpp")).out).toContain("installed by hand");
  });

  test("nothing to show it on: code 77, which is neither yes nor no, and the reason", async () => {
    for (const fact of ["models", "completion"]) {
      expect(await check(fact)).toMatchObject({
        code: 77,
        out: expect.stringMatching(/^SKIP: no model is on the disk yet.*\n$/m),
      });
    }
    // deleted, as README.md says where the disk is full: it is fetched again at the next boot
    noos.put("/usr/local/lib/noos/verified/tiny.gguf", "v");
    for (const fact of ["models", "completion"]) expect(await check(fact)).toMatchObject({ code: 77, err: "" });
    answers["/v1/models"] = undefined;
    expect(await check("models")).not.toMatchObject({ code: 77 });
  });

  test("a download under way is waited for, one that waits for a network is not", async () => {
    env = { ...env, NOOS_POLL: "1", NOOS_POLLS: "30" };
    const download = (state: string) =>
      noos.put("/run/noos/state/model-tiny.gguf.json", JSON.stringify({ name: "model-tiny.gguf", state }));
    download("waiting");
    expect((await check("models")).code).toBe(77);
    download("downloading");
    answers["/v1/models"] = { data: [{ id: "tiny" }] };
    const asked = check("models");
    await Bun.sleep(1500);
    fetched();
    expect((await asked).code).toBe(0);
  });

  test("a download that takes longer than role-check waits is not shown: no reason to take back an upgrade", async () => {
    noos.put("/run/noos/state/model-tiny.gguf.json", JSON.stringify({ name: "model-tiny.gguf", state: "downloading" }));
    env = { ...env, NOOS_POLL: "1", ROLE_CHECK_SECONDS: "12" };
    const begun = Date.now();
    expect((await check("models")).code).toBe(77);
    expect(Date.now() - begun).toBeLessThan(9_000);
  });

  test("models: each that is on the disk is served, under its name or without its suffix", async () => {
    fetched();
    expect((await check("models")).code).not.toBe(0);
    for (const id of ["tiny", "tiny.gguf"]) {
      answers["/v1/models"] = { data: [{ id }] };
      expect((await check("models")).code).toBe(0);
    }
    answers["/v1/models"] = "garbage";
    expect((await check("models")).code).not.toBe(0);
  });

  test("completion: of a model on the disk; an empty answer is none", async () => {
    fetched();
    answers["/v1/models"] = { data: [{ id: "tiny" }] };
    expect((await check("completion")).code).not.toBe(0);
    answers["/v1/chat/completions"] = { choices: [{ message: { content: "Hello." } }] };
    expect((await check("completion")).out).toBe("Hello.\n");
    expect(JSON.parse(asked.at(-1)?.body ?? "{}")).toMatchObject({ model: "tiny", max_tokens: 8 });
    answers["/v1/chat/completions"] = { choices: [{ message: { content: "" } }] };
    expect((await check("completion")).code).not.toBe(0);
  });

  test("completion: one model that chats is enough, whatever smaller ones there are (embeddings, a projector)", async () => {
    const models = ["tiny.gguf", "chat.gguf"].map((name) => ({ name, url: "http://x/y", sha256: SHA }));
    noos.put(`${SHARE}/models.json`, JSON.stringify(models));
    fetched();
    noos.put("/usr/local/lib/noos/models/chat.gguf", "larger");
    noos.put("/usr/local/lib/noos/verified/chat.gguf", "v");
    answers["/v1/models"] = { data: [{ id: "tiny.gguf" }, { id: "chat.gguf" }] };
    answers["/v1/chat/completions"] = (body: string) =>
      JSON.parse(body).model === "chat.gguf" ? { choices: [{ message: { content: "Hello." } }] } : undefined;
    expect(await check("completion")).toMatchObject({ code: 0, out: "Hello.\n" });
    expect(asked.map(({ body }) => body && JSON.parse(body).model).filter(Boolean)).toEqual(["tiny.gguf", "chat.gguf"]);
    answers["/v1/chat/completions"] = undefined;
    expect(await check("completion")).toMatchObject({ code: 1, err: expect.stringContaining("tiny.gguf, chat.gguf") });
  });

  test("the machine's API key is sent, and is no argument of a process", async () => {
    for (const [settings, sent] of [
      ["LOCALAI_API_KEY=s3cret,other\n", "s3cret"],
      ["API_KEY=s3cret\n", "s3cret"],
      ["LOCALAI_API_KEY=first\nAPI_KEY=second\n", "first"],
    ] as const) {
      noos.put("/usr/local/lib/noos/local-ai.env", settings);
      await check("ready");
      expect(asked.at(-1)?.key).toBe(`Bearer ${sent}`);
    }
    expect(noos.read(`${LIB}/call-api`)).not.toMatch(/curl .*\$key/);
  });

  test("who may not read the key is told so where LocalAI wants one", async () => {
    chmodSync(noos.root, 0o755);
    noos.put("/usr/local/lib/noos/local-ai.env", "LOCALAI_API_KEY=s3cret\n", 0o600);
    const nobody = ["--reuid=65534", "--clear-groups", noos.path("/usr/bin/noos-check"), "backend", "llama-cpp"];
    const child = spawn("setpriv", nobody, { env: noos.env(env) });
    let err = "";
    child.stderr.on("data", (data) => {
      err += data;
    });
    await new Promise((done) => child.on("close", done));
    expect(err).toContain("use sudo");
    expect((await check("backend", "llama-cpp")).err).not.toContain("use sudo");
  });

  test("a wrong fact is named", async () => {
    expect(await check("completions")).toMatchObject({
      code: 64,
      err: "usage: noos-check ready|backend NAME|models|completion\n",
    });
  });

  test("silent five times in a row: started again, once", async () => {
    const watch = () => noos.start(`${LIB}/watch-health`, [], env);
    const restarts = () =>
      noos
        .read("/fake/systemctl.log")
        .split("\n")
        .filter((line) => line.startsWith("restart"));
    await watch();
    expect(state("api").state).toBe("ready");
    answers = {};
    for (let round = 0; round < 4; round++) await watch();
    expect(restarts()).toHaveLength(0);
    expect(state("api")).toMatchObject({ state: "silent", detail: "4 of 5 times in a row" });
    await watch();
    expect(restarts()).toEqual(["restart --no-block local-ai.service"]);
    await watch();
    expect(restarts()).toHaveLength(1);
  });

  test("a long start is not a hang", async () => {
    noos.put("/proc/uptime", "1960.00 100.00\n");
    answers = {};
    for (let round = 0; round < 6; round++) await noos.start(`${LIB}/watch-health`, [], env);
    expect(state("api")).toMatchObject({ state: "starting", detail: "no answer yet, 1790s after the start" });
    noos.put("/proc/uptime", "1970.00 100.00\n");
    for (let round = 0; round < 5; round++) await noos.start(`${LIB}/watch-health`, [], env);
    expect(noos.read("/fake/systemctl.log")).toContain("restart");
  });
});

describe("units", () => {
  test("mount the backends that the image brings where LocalAI looks for those of the system, read-only", () => {
    const unit = noos.read("/usr/lib/systemd/system/local-ai.service");
    const [, from = "", to] = unit.match(/--volume=(\/usr\/lib\/[^:]+):([^:]+):ro /) ?? [];
    expect(noos.read(`${LIB}/local-ai.env`)).toContain(`\nLOCALAI_BACKENDS_SYSTEM_PATH=${to}\n`);
    // LocalAI names a backend after its folder.
    expect(noos.node.trees.map(({ path }) => path)).toContain(`${from}/llama-cpp`);
  });

  test("start a new round of tries as long as there is one to start, but for what another try cannot mend", () => {
    for (const name of ["noos-image", "noos-models"]) {
      const unit = noos.read(`/usr/lib/systemd/system/${name}.service`);
      expect(unit).toMatch(/^StartLimitIntervalSec=0$/m); // systemd's own limit ends for good
      expect(unit).toMatch(/^Restart=on-failure\nRestartSec=10min$/m);
      expect(unit).toMatch(/^RestartPreventExitStatus=65$/m);
    }
  });

  test("run the image that was loaded, and each program they name is in the image", () => {
    const unit = noos.read("/usr/lib/systemd/system/local-ai.service");
    expect(unit).toContain("--pull=never");
    // Ubuntu's image has apparmor_parser: podman would load a profile, for which the sandbox leaves it no capability.
    expect(/^CapabilityBoundingSet=.*CAP_MAC_ADMIN/m.test(unit) || unit.includes("apparmor=unconfined")).toBe(true);
    expect(unit).toMatch(/MemoryMax=\d+%/);
    const named = noos.node.units.flatMap(({ name }) =>
      [...noos.read(`/usr/lib/systemd/system/${name}`).matchAll(/(?<!volume)=(\/usr\/lib\/hegemonikon\/\S+)/g)].map(
        (match) => match[1],
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => path && !existsSync(noos.path(path)))).toEqual([]);
  });
});

test("what podman's package starts is masked for this boot alone: nothing of it stands in /etc/systemd", () => {
  const out = noos.path("/generated");
  noos.put("/generated/keep", "");
  expect(noos.run("/usr/lib/systemd/system-generators/noos-mask-podman", [out, out, out]).code).toBe(0);
  const links = readdirSync(out).filter((name) => name !== "keep");
  expect(links.sort()).toContain("podman.socket");
  expect(links.map((name) => readlinkSync(join(out, name)))).toEqual(links.map(() => "/dev/null"));
  const cloudConfig = readFileSync(join(import.meta.dir, "../../nodes/noos/cloud-config.yaml"), "utf8");
  expect(cloudConfig).not.toMatch(/mask|enable/);
});

test("the backend is of LocalAI's own release: another one may not load a model", () => {
  const { sources } = parse(readFileSync(join(import.meta.dir, "../../sources.yaml"), "utf8"));
  expect(sources["local-ai-llama-cpp"].version).toBe(`${sources["local-ai"].version}-cpu-llama-cpp`);
});

test("shell files are shellcheck-clean and under 50 lines", () => {
  expect(shellProblems("noos")).toBe("");
});
