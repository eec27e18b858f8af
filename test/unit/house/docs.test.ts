import { expect, test } from "bun:test";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { nodeNames } from "../../nodes.js";

const root = join(import.meta.dir, "../../..");
const files = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" }).trim().split("\n");
const text = (file: string) => readFileSync(join(root, file), "utf8");

test("a document cites no place that its reader lacks", () => {
  expect(files).toContain("README.md");
  const cited = files.flatMap((file) =>
    (text(file).match(/\S*(?:\bfacts\/|\/work\/)\S*/g) ?? []).map((it) => `${file}: ${it}`),
  );
  expect(cited).toEqual([]);
});

/** A heading's anchor, as GitHub makes it: of a link only its text counts. */
const slug = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

test("a document's links within the repository lead somewhere, to a heading that is there, too", () => {
  const links = files.flatMap((file) =>
    // what a fenced block shows is no link
    [
      ...text(file)
        .replaceAll(/^```[\s\S]*?^```$/gm, "")
        .matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g),
    ].map(([, to = "", anchor]) => ({
      file,
      to: to === "" ? file : join(dirname(file), to),
      anchor,
    })),
  );
  expect(links.some(({ anchor }) => anchor !== undefined)).toBe(true);
  const broken = links.filter(({ to, anchor }) => {
    if (!existsSync(join(root, to))) return true;
    return anchor !== undefined && ![...text(to).matchAll(/^#+ (.+)$/gm)].some(([, it = ""]) => slug(it) === anchor);
  });
  expect(broken).toEqual([]);
});

test("every document in docs/ is linked from the README", () => {
  const linked = [...text("README.md").matchAll(/\]\((docs\/[^)#]+)/g)].map(([, to]) => to);
  expect(files.filter((file) => /^docs\/[^/]+$/.test(file) && !linked.includes(file))).toEqual([]);
});

test("an example that makes files says where they go: without -o the Dagger CLI builds them, and prints an id", () => {
  const makes = /^(?:\S+ )*?(build|iso|raw|release|boot|upgrade-test|lock)\b(?! file)/;
  const calls = files.flatMap((file) =>
    [
      ...text(file)
        .replaceAll(/\\\n\s*/g, " ")
        .matchAll(/dagger call ([^`\n#]+)/g),
    ].map(([, words = ""]) => words.trim()),
  );
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.filter((words) => makes.test(words) && !/ -o |\bexport --path=/.test(words))).toEqual([]);
});

test("what an example or a workflow reads and writes in the clone is ignored by git, or is one of its files", () => {
  const workflows = execFileSync("git", ["ls-files", ".github/workflows"], { cwd: root, encoding: "utf8" });
  const named = [...files, ...workflows.trim().split("\n")].flatMap((file) =>
    [
      ...text(file)
        .replaceAll(/\\\n\s*/g, " ")
        .matchAll(/(?:dagger call|\.\/hegemonikon) [^`\n#]+/g),
    ].flatMap(([call]) =>
      [...call.matchAll(/(?: -o | --path=|=file:\/\/|[^-=]> )([^\s"'$]+)/g)].map(([, path = ""]) => path),
    ),
  );
  expect(named).toContain("cosign.key");
  expect(named).toContain("bios");
  const is = (path: string, ...how: string[]) => spawnSync("git", [...how, path], { cwd: root }).status === 0;
  const left = (path: string) =>
    is(path, "ls-files", "--error-unmatch") || is(path, "check-ignore", "-q") || is(`${path}/`, "check-ignore", "-q");
  expect([...new Set(named)].filter((path) => !left(path))).toEqual([]);
  expect([".noos.iso.partial-12", "dist/.noos.partial-12"].filter((path) => !left(path))).toEqual([]);
});

test("the README's table has every node, with the status of its node.yaml", () => {
  const lines = text("README.md").split("\n");
  const problems = nodeNames(root).flatMap((name) => {
    const link = `](nodes/${name}/README.md) |`;
    const end = `| ${parse(text(`nodes/${name}/node.yaml`)).status} |`;
    const row = lines.find((line) => line.startsWith("| [") && line.includes(link));
    if (row?.endsWith(end)) return [];
    return [`README.md: nodes/${name}: found ${row ?? "no row"}, expected a row: | [NAME${link} JOB | MACHINE ${end}`];
  });
  expect(problems).toEqual([]);
});

test("what a node's README says to do as root begins with sudo: who logs in is in the group admin, and no more", () => {
  const roots =
    /^(systemctl (re)?(start|stop|edit)|journalctl|kairos-agent (upgrade|reset)|k0s (backup|config|kubeconfig|kubectl|reset|restore)|podman system|gpio(mon .|detect|info)|dmesg|reboot|rm|mv|cp)\b/;
  const commands = nodeNames(root).flatMap((name) => {
    const lines = text(`nodes/${name}/README.md`);
    const code = [...lines.matchAll(/`([^`\n]+)`|^ {4}(\S[^\n]*)$/gm)].map(
      ([, inline, block]) => inline ?? block ?? "",
    );
    return code.flatMap((one) => one.split(/;|&&/)).map((one) => `${name}: ${one.trim()}`);
  });
  expect(commands).toContain("protos: sudo systemctl stop k0scontroller");
  expect(commands.filter((one) => roots.test(one.replace(/^[^:]+: /, "")))).toEqual([]);
});
