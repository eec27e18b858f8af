import { readFileSync } from "node:fs";
import { join } from "node:path";

const src = join(import.meta.dir, "../../../.dagger/src");

type File = { declared: Map<string, string>; imported: Map<string, string> };
const files = new Map<string, File>();

/** A source file's declarations, by name, and what it imports, with the files those are from. */
function read(path: string): File {
  const known = files.get(path);
  if (known) return known;
  const text = readFileSync(path, "utf8");
  const parts = text.split(/^(?=(?:export )?(?:async )?(?:function|const|class|enum|type) \w)/m);
  const declared = parts.flatMap((part): [string, string][] => {
    const name = /^(?:export )?(?:async )?(?:function|const|class|enum|type) (\w+)/.exec(part)?.[1];
    return name ? [[name, part]] : [];
  });
  const imported = [...text.matchAll(/^import \{([^}]*)\} from "(\.[^"]+)\.js"/gm)].flatMap(([, names = "", from]) =>
    names
      .split(",")
      .map((name): [string, string] => [name.replace("type ", "").trim(), join(path, "..", `${from}.ts`)]),
  );
  const file = { declared: new Map(declared), imported: new Map(imported) };
  files.set(path, file);
  return file;
}

/** All code that a piece of code in a file may come to, declaration by declaration. */
function reached(path: string, text: string, seen: Set<string>): string {
  const { declared, imported } = read(path);
  const names = new Set(text.match(/\b[A-Za-z_]\w*\b/g));
  return [...names].reduce((all, name) => {
    const from = declared.has(name) ? path : imported.get(name);
    if (!from || seen.has(`${from} ${name}`)) return all;
    seen.add(`${from} ${name}`);
    return all + reached(from, read(from).declared.get(name) ?? "", seen);
  }, text);
}

/** For each function of the module's API, the code behind it. */
export function codeOfFunctions(): Map<string, string> {
  const index = join(src, "index.ts");
  const methods = (read(index).declared.get("Hegemonikon") ?? "").split(/^ {2}@func\(.*$/m).slice(1);
  return new Map(
    methods.map((method) => {
      const name = /^ {2}(?:async )?(\w+)\(/m.exec(method)?.[1] ?? "";
      return [name, reached(index, method.split(/^ {2}\/\*\*/m)[0] ?? "", new Set(["index Hegemonikon"]))];
    }),
  );
}
