import { unitLines } from "../../plan/unit-links.js";
import { pathOf, textOf } from "./role-files.js";
import { entries, type Rule } from "./rule.js";

export const notEmpty: Rule = {
  id: "node/not-empty",
  severity: "error",
  reason:
    "systemd takes a unit of 0 bytes for one that is masked (systemd.unit(5)); an empty program does nothing, and succeeds",
  find(context) {
    const { node } = context;
    const used = [
      // Other empty files have a meaning: /etc/kairos/.nousers, a Python package's __init__.py.
      ...entries(node.files).flatMap(([, { source, mode }]) =>
        Number.parseInt(mode, 8) & 0o111 ? [{ source, what: "program" }] : [],
      ),
      ...entries(node.units).flatMap(([, { source }]) => (source ? [{ source, what: "unit" }] : [])),
    ];
    return used.flatMap(({ source, what }) => {
      const text = textOf(context, source);
      if (text?.trim() !== "") return [];
      return [
        {
          file: pathOf(context, source),
          message: `The ${what} is empty`,
          found: text === "" ? "0 bytes" : "blanks only",
          expected:
            what === "unit"
              ? "a unit with its sections; to mask a unit, an entry of files: for /usr/lib/systemd/system/NAME"
              : "a program",
        },
      ];
    });
  },
};

/** Kinds of unit that systemd refuses to load without what their own section says. */
const SECTIONS: Readonly<Record<string, string>> = {
  service: "[Service]",
  socket: "[Socket]",
  timer: "[Timer]",
  path: "[Path]",
  mount: "[Mount]",
};

export const unitSection: Rule = {
  id: "node/unit-section",
  severity: "error",
  reason: "systemd passes over what stands outside a section, and refuses a unit that says nothing of what it does",
  find: (context) =>
    entries(context.node.units).flatMap(([, { name, source }]) => {
      const text = source && textOf(context, source);
      if (!source || !text?.trim()) return [];
      const lines = unitLines(text);
      const sections = lines.filter((line) => /^\[.+\]$/.test(line));
      const own = SECTIONS[name.slice(name.lastIndexOf(".") + 1)];
      // a service can be nothing but what its success does (systemd-reboot.service); a target or slice can say nothing at all
      const isWhole = own
        ? sections.includes(own) || lines.some((line) => /^SuccessAction *=/.test(line))
        : sections.length > 0 || lines.length === 0;
      if (isWhole) return [];
      return [
        {
          file: pathOf(context, source),
          message: `The unit ${name} has no ${own ? `section ${own}` : "section"}`,
          found: sections.join(", ") || "no section",
          expected: own ?? "[Unit]",
        },
      ];
    }),
};
