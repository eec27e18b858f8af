import { expect, test } from "bun:test";
import { checkCloudConfig } from "../../../.dagger/src/cloudconfig/check.js";

const step = (permissions: string): string =>
  verdict(`#cloud-config\nstages: {boot: [{files: [{path: /a, permissions: ${permissions}}]}]}\n`);
const writeFiles = (permissions: string): string =>
  verdict(`#cloud-config\nwrite_files: [{path: /a, permissions: ${permissions}}]\n`);

function verdict(text: string): string {
  const [problem] = checkCloudConfig("f", text);
  return problem ? `${problem.severity}: ${problem.found} -> ${problem.expected}` : "ok";
}

test("in a step, permissions are a number that starts with 0", () => {
  for (const good of ["0644", "0o644", "0600", "0", "00", "0777", "0b110", "0x1A4"]) expect(step(good)).toBe("ok");
  expect(step('"0644"')).toBe('error: "0644" -> 0644, without quotes');
  expect(step("'755'")).toBe('error: "755" -> 0755, without quotes');
  expect(step("rw-r--r--")).toStartWith("error: rw-r--r--");
  expect(step("[0644]")).toStartWith("error: a list");
  expect(step("-0644")).toStartWith("error");
  expect(step("06440000000000")).toStartWith("error");
});

test("a decimal number warns, unless it is a usual mode written in decimal", () => {
  expect(step("644")).toBe("warning: 644, which is 01204 in octal -> 0644");
  expect(step("755")).toBe("warning: 755, which is 01363 in octal -> 0755");
  expect(step("420")).toBe("ok");
  expect(step("493")).toBe("ok");
  expect(step("0689")).toBe("error: 0689 -> an octal number without quotes, e.g. 0644");
});

test("setuid, setgid and sticky bits do not survive Go's os.FileMode", () => {
  expect(step("04755")).toStartWith("warning: 04755, which is 04755 in octal -> at most 0777");
  expect(writeFiles('"1777"')).toStartWith("warning");
});

test("in write_files, permissions are octal digits, quoted or not", () => {
  for (const good of ['"0644"', "0644", "644", "'755'"]) expect(writeFiles(good)).toBe("ok");
  expect(writeFiles("0o644")).toBe('error: "0o644" -> octal digits, e.g. "0644"');
  expect(writeFiles('"0688"')).toStartWith("error");
  expect(writeFiles("u=rw")).toStartWith("error");
});
