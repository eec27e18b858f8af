import { type TextShape, text } from "./shape.js";

const LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

/** A host name (RFC 1123, section 2.1); one with a template in it is made on the machine. */
export const hostname = (about: string): TextShape =>
  text(about, {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    form: "a host name of letters, digits and dashes (RFC 1123)",
    template: true,
    rule: "cloud-config/hostname",
  });
