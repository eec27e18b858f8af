/**
 * What a module gets from the SDK beside the engine's API: under `dagger call`, `@dagger.io/dagger` is not the npm package,
 * but a generated sdk/index.ts that gives these names of its core.js and all of client.gen.ts. The package has more (error
 * classes, telemetry): an import of that makes every call of the module fail.
 * Source: sdk/typescript/runtime/tsutils/module/index.ts of dagger/dagger; `up` since v0.20.4.
 */
export const bundled = [
  "connection",
  "connect",
  "Context",
  "func",
  "check",
  "generate",
  "up",
  "argument",
  "object",
  "field",
  "enumType",
  "entrypoint",
] as const;
