import { unitLines } from "../../plan/unit-links.js";
import { entries, type NodeContext, type Rule } from "./rule.js";

/** The text of one of the node's files; undefined where there is none to read. */
function textOf({ folder, files }: NodeContext, source: string): { path: string; text: string } | undefined {
  const path = `nodes/${folder}/${source}`;
  const bytes = files.find((file) => file.path === path && file.kind === "file")?.bytes;
  return bytes && { path, text: new TextDecoder().decode(bytes) };
}

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
      const file = textOf(context, source);
      if (file?.text.trim() !== "") return [];
      return [
        {
          file: file.path,
          message: `The ${what} is empty`,
          found: file.text === "" ? "0 bytes" : "blanks only",
          expected:
            what === "unit"
              ? `a unit with its sections; to mask a unit, an entry of files: for /usr/lib/systemd/system/NAME`
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
      const file = source === undefined ? undefined : textOf(context, source);
      if (!file || file.text.trim() === "") return [];
      const sections = unitLines(file.text).filter((line) => /^\[.+\]$/.test(line));
      const own = SECTIONS[name.slice(name.lastIndexOf(".") + 1)];
      // a service can be nothing but what its success does (systemd-reboot.service); a target or slice can say nothing at all
      const isAction = unitLines(file.text).some((line) => /^SuccessAction *=/.test(line));
      if (own ? sections.includes(own) || isAction : sections.length > 0 || unitLines(file.text).length === 0)
        return [];
      return [
        {
          file: file.path,
          message: `The unit ${name} has no ${own ? `section ${own}` : "section"}`,
          found: sections.join(", ") || "no section",
          expected: own ?? "[Unit]",
        },
      ];
    }),
};
