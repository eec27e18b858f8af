import { expect, test } from "bun:test";
import { bootedKernel, imageProblems } from "../../../.dagger/src/image/guards.js";
import { parseFacts } from "../../../.dagger/src/media/facts.js";

const good = [
  "kernel\tboot/vmlinuz-6.1.0",
  "kernel-link\t/boot/vmlinuz-6.1.0",
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
test("two kernels: an error; on a Raspberry Pi that boots its own one, only weight", () => {
  const two = (kernel: string, model: string) => {
    const booting = good.map((line) => line.replace("6.1.0", kernel));
    const other = ["kernel\tboot/vmlinuz-6.8.0-45-generic", "modules\t6.8.0-45-generic"];
    const facts = parseFacts([...booting, ...other, `release\tKAIROS_MODEL ${model}`].join("\n"));
    expect(bootedKernel(facts)).toBe(kernel);
    return imageProblems("probe", facts);
  };
  const found = "boot/vmlinuz-6.8.0-45-generic";
  expect(two("6.11.0-9-generic", "generic")).toMatchObject([{ rule: "image/one-kernel", severity: "error", found }]);
  expect(two("5.15.0-1061-raspi", "rpi4")).toMatchObject([{ rule: "image/one-kernel", severity: "warning", found }]);
});
test("a Raspberry Pi that would boot Ubuntu's generic kernel, which cannot read its card", () => {
  const booting = (kernel: string) => good.map((line) => line.replace("6.1.0", kernel));
  const model = (name: string) => `release\tKAIROS_MODEL ${name}`;
  expect(rules(...booting("6.8.0-45-generic"), model("rpi4"))).toEqual(["image/pi-kernel"]);
  expect(rules(...booting("5.15.0-1061-raspi"), model("rpi4"))).toEqual([]);
  expect(rules(...booting("6.8.0-45-generic"), model("generic"))).toEqual([]);
});
test("an EFI stub in the other kernel only", () => {
  const other = ["kernel\tboot/vmlinuz-6.2.0", "modules\t6.2.0", "kernel-option\t6.2.0 EFI_STUB=y"];
  expect(rules(...without("kernel-option"), ...other)).toEqual(["image/one-kernel", "image/efi-stub"]);
});
test("no kernel", () => expect(rules(...without("kernel\t"))).toEqual(["image/kernel"]));
test("a link to a kernel that is not there", () => {
  expect(rules(...good, "kernel-link\t/boot/vmlinuz-6.1.0")).toEqual([]);
  expect(rules("kernel-link\t/boot/vmlinuz-9.9.9", ...good)).toEqual(
    Array(2).fill("image/kernel").concat("image/initrd", "image/efi-stub"),
  );
});
test("no link", () => expect(rules(...without("kernel-link"))).toContain("image/kernel"));
test("no modules", () => expect(rules(...without("modules"))).toEqual(["image/kernel"]));
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
