import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundled } from "../../../local/call/bundle";
import { root } from "../introspect";

const sdk = join(root, "node_modules/@dagger.io/dagger/dist/src");

/**
 * Lays a module out as the TypeScript runtime of the engine does before it starts Bun in it: the sources, the packages of
 * package.json alone, and in sdk/ what `@dagger.io/dagger` is there, made from the npm package of the same version.
 * Gives the file that Bun is to run.
 */
export async function layOut(source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "runtime-"));
  const at = (...path: string[]) => join(folder, ...path);
  cpSync(source, at("src"), { recursive: true });
  for (const name of ["package.json", "tsconfig.json"]) cpSync(join(root, ".dagger", name), at(name));
  const { dependencies } = JSON.parse(readFileSync(at("package.json"), "utf8"));
  mkdirSync(at("node_modules"));
  for (const name of Object.keys(dependencies)) symlinkSync(join(root, "node_modules", name), at("node_modules", name));

  mkdirSync(at("sdk"));
  writeFileSync(
    at("sdk/index.ts"),
    `export { ${bundled.join(", ")} } from "./core.js";\nexport * from "./client.gen.js";\n`,
  );
  const client = readFileSync(join(sdk, "api/client.gen.js"), "utf8");
  writeFileSync(at("sdk/client.gen.ts"), client.replace('"../common/context.js"', '"./core.js"'));
  const core = await Bun.build({ entrypoints: [join(sdk, "index.js")], target: "bun", external: ["typescript"] });
  writeFileSync(at("sdk/core.js"), (await core.outputs[0]?.text()) ?? "");
  writeFileSync(at("src/__dagger.entrypoint.ts"), entrypoint);
  return at("src/__dagger.entrypoint.ts");
}

/** Hands all of the module's files to the SDK, which loads every one of them at each call. */
const entrypoint = `
import { readdirSync } from "node:fs";
import { entrypoint } from "@dagger.io/dagger";

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
const sources = files.filter((file) => /\\.m?ts$/.test(file)).map((file) => import.meta.dirname + "/" + file);
await entrypoint([import.meta.dirname + "/../sdk/client.gen.ts", ...sources.filter((file) => file !== import.meta.path)]);
`;
