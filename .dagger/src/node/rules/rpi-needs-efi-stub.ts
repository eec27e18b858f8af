import type { Rule } from "./rule.js";

/** Ubuntu's releases from 24.04 on, by the tags that Docker Hub gives them. */
const LATER_TAGS = new Set(["noble", "oracular", "plucky", "questing", "resolute", "latest", "rolling", "devel"]);

export const rpiNeedsEfiStub: Rule = {
  id: "node/rpi-needs-efi-stub",
  severity: "error",
  reason:
    "Ubuntu's Pi kernel has no EFI stub after 22.04 (https://github.com/kairos-io/kairos/issues/2249) and its generic " +
    "kernel no SD card driver for the Pi (https://github.com/kairos-io/kairos/issues/4222): such an image does not boot",
  find({ node, yaml, sources }) {
    if (!node.model?.startsWith("rpi") || node.base === undefined || !sources) return [];
    const base = Object.hasOwn(sources.sources, node.base) ? sources.sources[node.base] : undefined;
    if (base?.kind !== "image" || !/(^|\/)ubuntu$/.test(base.reference)) return [];
    if (!isLater(base.version)) return [];
    return [
      {
        span: yaml.span(["base"]),
        message: `Ubuntu ${base.version} does not boot on a Raspberry Pi`,
        found: `${node.base} (${base.reference}:${base.version}) with model ${node.model}`,
        expected: "an Ubuntu base up to 22.04",
      },
    ];
  },
};

/** True from 24.04 on: 22.10 and 23.x are out of support, but what fails them is not this rule. */
function isLater(version: string): boolean {
  const release = /^(\d{2})\.(\d{2})/.exec(version);
  if (release) return Number(`${release[1]}${release[2]}`) >= 2404;
  return LATER_TAGS.has(version.split("-")[0] ?? "");
}
