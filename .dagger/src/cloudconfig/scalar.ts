import { isScalar } from "yaml";

/** What gopkg.in/yaml.v3 makes of a scalar before it knows the type it decodes into. */
export type GoScalar = {
  readonly tag: "null" | "bool" | "int" | "float" | "timestamp" | "str";
  /** The scalar as it is written (plain) or as it reads (quoted, block). */
  readonly text: string;
  /** For an int or a float. */
  readonly number?: number;
  /** Written without quotes. */
  readonly plain: boolean;
};

const BOOL = /^(true|True|TRUE|false|False|FALSE)$/;
const NULL = /^(|~|null|Null|NULL)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const SPECIAL_FLOAT = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?)?$/;

/** Reads a scalar as yaml.v3's resolve.go does; undefined where the node is no scalar. */
export function goScalar(node: unknown): GoScalar | undefined {
  if (node === null || node === undefined) return { tag: "null", text: "", plain: true };
  if (!isScalar(node)) return undefined;
  const plain = node.type === undefined || node.type === "PLAIN";
  if (!plain) return { tag: "str", text: String(node.value ?? ""), plain };
  const text = node.source ?? (node.value === null ? "" : String(node.value));
  return { ...resolve(text), text, plain };
}

function resolve(text: string): Pick<GoScalar, "tag" | "number"> {
  if (NULL.test(text)) return { tag: "null" };
  if (BOOL.test(text)) return { tag: "bool" };
  if (SPECIAL_FLOAT.test(text)) return { tag: "float", number: Number.NaN };
  if (!/^[-+.0-9]/.test(text)) return { tag: "str" };
  if (TIMESTAMP.test(text)) return { tag: "timestamp" };
  const digits = text.replaceAll("_", "");
  const int = goInt(digits);
  if (int !== undefined) return { tag: "int", number: int };
  return FLOAT.test(digits) ? { tag: "float", number: Number(digits) } : { tag: "str" };
}

/** strconv.ParseInt with base 0: 0755 and 0o755 are octal, 0x and 0b are what they say. */
function goInt(text: string): number | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const [, sign, body = ""] = match;
  const value = /^0[0-7]+$/.test(body) ? Number.parseInt(body, 8) : Number(body);
  return sign === "-" ? -value : value;
}

/** The words that yaml.v3 takes for a flag where it decodes into one, beside true and false. */
export const LOOSE_FLAG = /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
