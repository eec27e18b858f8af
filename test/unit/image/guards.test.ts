import { expect, test } from "bun:test";
import { imageProblems } from "../../../.dagger/src/image/guards.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";

const good = [
  "kernel\tboot/vmlinuz-6.1.0",
  "initrd\tboot/initrd",
  "modules\t6.1.0",
  "kernel-option\t6.1.0 EFI_STUB=y",
  "initrd-kernel\t6.1.0",
];
const rules = (...lines: string[]) => imageProblems("probe", parseFacts(lines.join("\n"))).map(({ rule }) => rule);
const without = (start: string) => good.filter((line) => !line.startsWith(start));

test("a good image has no problem", () => expect(rules(...good)).toEqual([]));
test("no EFI stub", () => expect(rules(...without("kernel-option"))).toEqual(["image/efi-stub"]));
test("EFI stub as a module is none", () => {
  expect(rules(...without("kernel-option"), "kernel-option\t6.1.0 EFI_STUB=m")).toEqual(["image/efi-stub"]);
});
test("two kernels", () => expect(rules(...good, "kernel\tboot/vmlinuz-6.2.0")).toEqual(["image/one-kernel"]));
test("no kernel", () => expect(rules(...without("kernel\t"))).toEqual(["image/one-kernel"]));
test("no initrd", () => expect(rules(...without("initrd\t"))).toEqual(["image/initrd"]));
test("an initrd of another kernel", () => {
  expect(rules(...without("initrd-kernel"), "initrd-kernel\t5.15.0")).toEqual(["image/initrd"]);
});
test("an initrd of two kernels", () => expect(rules(...good, "initrd-kernel\t5.15.0")).toEqual(["image/initrd"]));

test.each(["machine-id", "ssh-host-key", "apt-list", "apt-cache", "log", "private-key", "password-hash"])(
  "no %s",
  (kind) => {
    const [problem] = imageProblems("probe", parseFacts([...good, `forbidden\t${kind} /a path`].join("\n")));
    expect(problem).toMatchObject({
      rule: `image/no-${kind}`,
      severity: "error",
      found: "/a path",
      reason: expect.any(String),
    });
  },
);
