import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { globalFlags } from "../../local/call/flags";
import { firstLine } from "../../local/call/help";
import { locate } from "../../local/call/location";
import { fromScan } from "../../local/call/scanned";
import { isSupported } from "../../local/call/value";
import { introspect, root, summary } from "./introspect";

const snapshot = join(root, "test/contract/api.txt");
const module = introspect(locate(root));
const api = module.scanned && fromScan(module.scanned);
const functions = (api?.objects ?? []).flatMap((object) => object.functions.map((fn) => ({ object, fn })));
const everyArgument = [
  ...(api?.main?.constructor ?? []).map((arg) => ({ where: "the constructor", arg })),
  ...functions.flatMap(({ object, fn }) => fn.args.map((arg) => ({ where: `${object.name}.${fn.name}`, arg }))),
];

test("the introspector of the SDK accepts the module", () => {
  expect(module.scanned, module.said).toBeDefined();
  expect(functions.length).toBeGreaterThan(0);
});

test("the API is the committed one (UPDATE_API=1 ./hegemonikon test contract writes it anew)", () => {
  const now = module.scanned ? summary(module.scanned) : "";
  if (process.env.UPDATE_API && now) writeFileSync(snapshot, now);
  expect(existsSync(snapshot), `${snapshot} is missing`).toBe(true);
  expect(now).toBe(readFileSync(snapshot, "utf8"));
});

test("no argument bears the name of a flag of the Dagger CLI, which would refuse the whole module", () => {
  // cmd/dagger/main.go and module.go, less those that local/call has, too
  const others =
    "workdir no-mod lock interactive interactive-command web no-exit auto-apply x-release dot-output dot-focus-field " +
    "dot-show-internal cloud scale-out allow-llm eager-runtime workspace";
  const taken = new Set([...globalFlags.map((flag) => flag.name as string), ...others.split(" ")]);
  const clashes = everyArgument
    .filter(({ arg }) => taken.has(arg.flag))
    .map(({ where, arg }) => `${where}: ${arg.flag}`);
  expect(clashes).toEqual([]);
});

test("every function and every argument has a docstring: --help shows nothing else", () => {
  const silent = [
    ...functions.filter(({ fn }) => fn.description.trim() === "").map(({ object, fn }) => `${object.name}.${fn.name}`),
    ...everyArgument
      .filter(({ arg }) => arg.description.trim() === "")
      .map(({ where, arg }) => `${where}: ${arg.name}`),
  ];
  expect(silent).toEqual([]);
});

test("the first line of a docstring is a whole, short sentence: lists of functions show nothing else", () => {
  const cut = functions.map(({ fn }) => firstLine(fn.description)).filter((line) => !/^.{1,100}\.$/.test(line));
  expect(cut).toEqual([]);
});

test("every function's help shows how it is called", () => {
  const without = functions.filter(({ fn }) => !/Example: dagger call \S/.test(fn.description));
  expect(without.map(({ object, fn }) => `${object.name}.${fn.name}`)).toEqual([]);
});

test("every argument can be given as a flag", () => {
  const lost = everyArgument.filter(({ arg }) => !isSupported(arg)).map(({ where, arg }) => `${where}: ${arg.name}`);
  expect(lost).toEqual([]);
});
