import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dir, "../../..");
const source = join(import.meta.dir, "kubernetes");

/**
 * The path of the program in kubernetes/, compiled once for each version of it: some 100 packages of Kubernetes, 40 s on
 * two cores the first time. Throws where it cannot be compiled.
 */
export function kubernetesReader(): string {
  const key = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) key.update(readFileSync(join(source, name)));
  const place = join(repository, "node_modules", ".cache", `role-kubernetes-${key.digest("hex").slice(0, 12)}`);
  const program = join(place, "kubernetes");
  if (existsSync(program)) return program;
  const found = spawnSync(join(repository, "local", "go"), { encoding: "utf8" });
  if (found.status !== 0) throw new Error(`no Go to compile ${source} with:\n${found.stderr}`);
  mkdirSync(place, { recursive: true });
  const args = ["build", "-trimpath", "-o", `${program}.new`, "."];
  const env = { ...process.env, CGO_ENABLED: "0" };
  const ran = spawnSync(found.stdout.trim(), args, { cwd: source, encoding: "utf8", env });
  if (ran.status !== 0) throw new Error(`${source} does not compile:\n${ran.stderr}`);
  renameSync(`${program}.new`, program);
  return program;
}
