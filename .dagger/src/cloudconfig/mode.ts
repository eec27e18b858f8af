import type { GoScalar } from "./scalar.js";
import type { Finding } from "./words.js";

/** Decimal spellings of usual permissions; anyone who writes 420 means it. */
const USUAL_DECIMALS = new Set([256, 288, 292, 384, 416, 420, 432, 436, 438, 448, 488, 493, 504, 509, 511]);

const UINT32 = 2 ** 32 - 1;

/**
 * What is wrong with a file's permissions.
 * In a step yip decodes a number (yaml.v3 reads 0644 and 0o644 as octal, 644 as decimal, and fails on a quoted text);
 * in write_files it decodes a text and reads that as octal digits, so that 644 and "0644" are the same.
 */
export function modeProblem(
  scalar: GoScalar,
  as: "number" | "digits",
  directory: boolean,
  harm: string | undefined,
): { what: string; rest: Omit<Finding, "message"> } | undefined {
  return as === "digits" ? digits(scalar, harm) : number(scalar, directory, harm);
}

function digits({ text }: GoScalar, harm: string | undefined): ReturnType<typeof modeProblem> {
  if (!/^[0-7]+$/.test(text) || Number.parseInt(text, 8) > UINT32) {
    return {
      what: "permissions are octal digits here",
      rest: error(JSON.stringify(text.slice(0, 40)), 'octal digits, e.g. "0644"', harm),
    };
  }
  return special(Number.parseInt(text, 8), text);
}

function number(scalar: GoScalar, directory: boolean, harm: string | undefined): ReturnType<typeof modeProblem> {
  const { text, number: value } = scalar;
  const example = directory ? "0755" : "0644";
  if (value === undefined) {
    const octal = /^0?o?([0-7]{3,4})$/.exec(text)?.[1];
    return {
      what: scalar.plain ? "permissions are a number here" : "permissions must not be quoted here",
      rest: error(
        scalar.plain ? text.slice(0, 40) : JSON.stringify(text.slice(0, 40)),
        octal ? `${octal.padStart(4, "0")}, without quotes` : `an octal number without quotes, e.g. ${example}`,
        harm ? `yip decodes a number here, and a text only in write_files; ${harm}` : undefined,
      ),
    };
  }
  if (scalar.tag === "float" || value < 0 || value > UINT32) {
    const notOctal = /^0[0-9]+$/.test(text);
    return {
      what: notOctal ? "permissions with a digit that is not octal" : "permissions are a whole number",
      rest: error(
        text,
        `an octal number without quotes, e.g. ${example}`,
        notOctal ? "read as a decimal number" : harm,
      ),
    };
  }
  if (/^[1-9][0-9]*$/.test(text.replaceAll("_", "")) && !USUAL_DECIMALS.has(value)) {
    return {
      what: "permissions as a decimal number",
      rest: {
        rule: "cloud-config/permissions",
        severity: "warning",
        found: `${text}, which is ${octalOf(value)} in octal`,
        expected: /^[0-7]{3,4}$/.test(text) ? text.padStart(4, "0") : `an octal number, e.g. ${example}`,
        reason: "YAML reads a number without a leading 0 as decimal",
      },
    };
  }
  return special(value, text);
}

function special(value: number, text: string): ReturnType<typeof modeProblem> {
  if (value <= 0o777) return undefined;
  return {
    what: "permissions above 0777",
    rest: {
      rule: "cloud-config/permissions",
      severity: "warning",
      found: `${text.slice(0, 40)}, which is ${octalOf(value)} in octal`,
      expected: "at most 0777, and chmod in a command for setuid, setgid or sticky",
      reason: "yip hands the number to Go's os.FileMode, whose special bits are others: these are lost",
    },
  };
}

const octalOf = (value: number): string => `0${value.toString(8)}`;

function error(found: string, expected: string, reason: string | undefined): Omit<Finding, "message"> {
  return { rule: "cloud-config/permissions", found, expected, ...(reason ? { reason } : {}) };
}
