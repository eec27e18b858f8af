import { closeSync, openSync, statSync } from "node:fs";
import { homedir } from "node:os";

const FORMS = "env://NAME, file://PATH or cmd://COMMAND";

/**
 * Why a secret's address leads nowhere on this machine; undefined where it does, or where only the engine can tell. The engine
 * asks when the secret is used, and then names neither the flag nor more than the first letters. A text without a scheme,
 * which may be the secret itself, is not repeated.
 */
export function secretProblem(address: string): string | undefined {
  const [, scheme = "env", value = ""] =
    /^(?:([\w+.-]+):(?:\/\/)?)?(.*)$/s.exec(address.replace(/\?cacheKey=.*$/s, "")) ?? [];
  if (scheme === "env" && process.env[value] === undefined) {
    return address.includes(":")
      ? `there is no environment variable ${value}`
      : `found a text that names no environment variable, expected ${FORMS}`;
  }
  if (scheme !== "file") return undefined;
  const path = value.replace(/^~(?=\/)/, homedir());
  try {
    const there = statSync(path);
    if (there.isDirectory()) return `${value} is a folder, expected a file`;
    if (!there.isFile()) return undefined; // a pipe can be read once
    closeSync(openSync(path, "r"));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES"
      ? `found no permission to read ${value}`
      : `there is no file ${value}`;
  }
}
