import { describe, expect, test } from "bun:test";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleApi } from "../../../local/call/api";
import { locate } from "../../../local/call/location";
import { plan } from "../../../local/call/plan";
import { type Contexts, evaluate, interpolate } from "./expression";
import { daggerCalls, root, steps, workflows } from "./workflows";

const all = workflows();
const jobs = all.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, job]) => ({ at: `${file} ${name}`, job })),
);

describe("each dagger call", () => {
  /** What callers of node.yaml give as a value of an enum. */
  const routes = ["live", "installed"];
  /** What a variable that is no free text may hold. */
  const values: { [name: string]: string[] } = {
    ROUTE: routes,
    SNAPSHOTS: ["true", "false"],
    number: ["1", "999999999"],
  };
  const calls = steps().flatMap(({ at, step }) =>
    daggerCalls(step.run ?? "").flatMap((words) => {
      const [name] = Object.keys(values).filter((one) => words.some((word) => word.endsWith(`=${one}`)));
      const given = name ? (values[name] as string[]) : [""];
      return given.map((value) => ({ at, words: words.map((word) => (name ? word.replace(name, value) : word)) }));
    }),
  );

  test("gets a route that is one of those", () => {
    const given = all
      .flatMap(({ text }) => [...text.matchAll(/^ +(?:route|default): (live|installed\S*|\w+)$/gm)])
      .map(([, route]) => route);
    expect(given.filter((route) => route !== "false" && !routes.includes(route ?? ""))).toEqual([]);
  });

  test("is a function of the module, with flags it has", async () => {
    const api = await moduleApi(locate(root));
    expect(calls.length).toBeGreaterThan(9);
    const mistakes = calls.flatMap(({ at, words }) => {
      try {
        plan(words, api, undefined);
        return [];
      } catch (error) {
        return [`${at}: dagger call ${words.join(" ")}: ${(error as Error).message}`];
      }
    });
    expect(mistakes).toEqual([]);
  });

  test("hands on what follows it to a Directory's export only", () => {
    const chains = calls.flatMap(({ words }) => words.slice(1).filter((word) => !word.startsWith("-")));
    expect([...new Set(chains)]).toEqual(["export"]);
  });
});

describe("workflows", () => {
  test("use actions pinned to a commit, with the version in a comment", () => {
    const uses = all.flatMap(({ file, text }) =>
      [...text.matchAll(/uses: (.*)/g)].map(([, what = ""]) => `${file}: ${what}`),
    );
    expect(uses.length).toBeGreaterThan(10);
    const local = /: \.\/\.github\/workflows\/[a-z]+\.yaml$/;
    expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d[\d.]*$/.test(line) && !local.test(line))).toEqual([]);
  });

  test("use one version of an action, and Dagger in the version of dagger.json", () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of all) {
      for (const [, action = "", pin = ""] of text.matchAll(/uses: ([\w./-]+)@(\w+ # \S+)/g)) {
        pins.set(action, (pins.get(action) ?? new Set()).add(pin));
      }
    }
    expect([...pins].filter(([, found]) => found.size > 1)).toEqual([]);
    const { engineVersion } = JSON.parse(readFileSync(join(root, "dagger.json"), "utf8")) as { engineVersion: string };
    const installs = steps().filter(({ step }) => step.uses?.startsWith("dagger/dagger-for-github@"));
    expect(installs.length).toBeGreaterThan(3);
    expect(installs.filter(({ step }) => `v${step.with?.version}` !== engineVersion)).toEqual([]);
  });

  test("grant nothing by themselves, and write access to a job only where it publishes", () => {
    const granting = all.filter(
      ({ file, permissions }) => file !== "node.yaml" && JSON.stringify(permissions) !== "{}",
    );
    expect(granting.map(({ file }) => file)).toEqual([]);
    expect(jobs.filter(({ at, job }) => !at.startsWith("node.yaml") && !job.permissions).map(({ at }) => at)).toEqual(
      [],
    );
    const writing = jobs.flatMap(({ at, job }) =>
      Object.entries(job.permissions ?? {}).flatMap(([what, how]) => (how === "write" ? [`${at}: ${what}`] : [])),
    );
    expect(writing.sort()).toEqual([
      "ci.yaml check: security-events",
      "ci.yaml publish: id-token",
      "ci.yaml publish: packages",
      "lock-snapshots.yaml lock: contents",
      "lock-snapshots.yaml lock: pull-requests",
      "lock.yaml lock: contents",
      "lock.yaml lock: pull-requests",
      "release.yaml node: id-token",
      "release.yaml node: packages",
      "release.yaml release: contents",
      "release.yaml release: packages",
    ]);
  });

  test("give a fork's pull request no secret and no way to one", () => {
    for (const { file, text, on } of all) {
      expect([file, Object.keys(on ?? {}).includes("pull_request_target")]).toEqual([file, false]);
      expect([file, Object.keys(on ?? {}).includes("workflow_run")]).toEqual([file, false]);
      expect([file, text.includes("secrets.")]).toEqual([file, false]);
    }
    const publish = all.find(({ file }) => file === "ci.yaml")?.jobs.publish;
    expect(publish?.if).toContain("github.event_name == 'push'");
  });

  test("upload problems where the token may write, from private repositories, too", () => {
    const check = all.find(({ file }) => file === "ci.yaml")?.jobs.check;
    const permissions = check?.permissions as Record<string, string>;
    expect([permissions["security-events"], permissions.actions]).toEqual(["write", "read"]);
    const condition = check?.steps?.find(({ uses }) => uses?.includes("/upload-sarif@"))?.if ?? "";
    const uploads = (event: string, head?: string) => {
      const pull_request = { head: { repo: { full_name: head } } };
      const github = { repository: "me/fork", event_name: event, event: head ? { pull_request } : {} };
      return evaluate(condition, { github });
    };
    expect([uploads("push"), uploads("pull_request", "me/fork"), uploads("pull_request", "you/fork")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("end: every job has a timeout, every run makes room for the next one", () => {
    expect(jobs.filter(({ job }) => !job.uses && !job["timeout-minutes"]).map(({ at }) => at)).toEqual([]);
    expect(all.filter(({ file, concurrency }) => file !== "node.yaml" && !concurrency).map(({ file }) => file)).toEqual(
      [],
    );
  });

  test("move the apt snapshot once a week, and not with each push", () => {
    const [lock, weekly] = ["lock.yaml", "lock-snapshots.yaml"].map((name) => all.find(({ file }) => file === name));
    expect(JSON.stringify(weekly?.on.schedule)).toMatch(/"cron":"\d+ \d+ \* \* \d"/);
    expect(weekly?.jobs.lock).toMatchObject({ uses: "./.github/workflows/lock.yaml", with: { snapshots: true } });
    const env = lock?.jobs.lock?.env?.SNAPSHOTS ?? "";
    const moved = (inputs: Contexts) => interpolate(env, { inputs });
    // A push has no inputs.
    expect([moved({}), moved({ snapshots: false }), moved({ snapshots: true })]).toEqual([false, false, true]);
    // Runs that push one branch have one group, and no others: a push does not stop the weekly run.
    const group = (workflow: typeof lock, inputs: Contexts = {}) => {
      const text = (workflow?.concurrency as { group?: string } | undefined)?.group ?? "";
      return interpolate(text, { github: { ref: "refs/heads/main" }, inputs });
    };
    expect(group(lock)).toBe(group(lock, { snapshots: false }));
    expect(group(lock)).not.toBe(group(lock, { snapshots: true }));
    // A called workflow waits for its own caller where both name one group.
    expect(group(weekly)).not.toBe(group(lock, { snapshots: true }));
  });

  test("that run by the clock run by nothing that a push needs: GitHub switches such a file off as a whole", () => {
    const scheduled = all.filter(({ on }) => "schedule" in on);
    expect(scheduled.map(({ file }) => file)).toEqual(["lock-snapshots.yaml", "nightly.yaml"]);
    const needed = ["push", "pull_request", "merge_group", "workflow_call"];
    expect(scheduled.filter(({ on }) => needed.some((event) => event in on)).map(({ file }) => file)).toEqual([]);
    // What switches them on again names each of them.
    const docs = readFileSync(join(root, "docs/release.md"), "utf8");
    for (const { file } of scheduled) expect(docs).toContain(`gh workflow enable ${file}`);
  });

  test("finish each push to main, and each release: none waits where GitHub would drop it", () => {
    const group = (file: string) =>
      (all.find((one) => one.file === file)?.concurrency as { group?: string } | undefined)?.group ?? "";
    const on = (github: Contexts) =>
      [group("ci.yaml"), group("release.yaml")].map((text) => interpolate(text, { github }));
    const push = (run_id: number, ref: string) => on({ event_name: "push", run_id, ref });
    expect(push(1, "refs/heads/main")[0]).not.toBe(push(2, "refs/heads/main")[0]);
    expect(push(1, "refs/tags/v1.0.0")[1]).not.toBe(push(2, "refs/tags/v1.0.1")[1]);
    const pull = (run_id: number) => on({ event_name: "pull_request", run_id, ref: "refs/pull/1/merge" })[0];
    expect(pull(1)).toBe(pull(2));
  });

  test("leave no credentials in the checkout", () => {
    const checkouts = steps().filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.filter(({ step }) => step.with?.["persist-credentials"] !== false).map(({ at }) => at)).toEqual(
      [],
    );
  });

  test("put no expression into a script, where it would be code", () => {
    expect(
      steps()
        .filter(({ step }) => step.run?.includes("${{"))
        .map(({ at }) => at),
    ).toEqual([]);
  });

  test("run their scripts by bash with -e and pipefail, which without a word of theirs has no pipefail", () => {
    expect(all.filter(({ defaults }) => defaults?.run?.shell !== "bash").map(({ file }) => file)).toEqual([]);
  });

  test("are thin: at most four lines a step, longer ones are files", () => {
    const lines = (run = "") => run.trim().split("\n").length;
    expect(
      steps()
        .filter(({ step }) => lines(step.run) > 4)
        .map(({ at }) => at),
    ).toEqual([]);
    for (const { step } of steps()) {
      for (const [script] of (step.run ?? "").matchAll(/\.github\/scripts\/[\w-]+\.sh/g)) {
        accessSync(join(root, script), constants.X_OK);
      }
    }
  });

  test("have one status job that needs every other one and runs whatever they did", () => {
    for (const file of ["ci.yaml", "nightly.yaml"]) {
      const { status, ...others } = all.find((workflow) => workflow.file === file)?.jobs ?? {};
      expect(status?.if).toBe("always()");
      expect([status?.needs].flat().sort()).toEqual(Object.keys(others).sort());
    }
  });
});
