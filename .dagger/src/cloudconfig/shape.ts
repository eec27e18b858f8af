/** What upstream accepts at one place of a cloud-config, as data: the checker and the JSON Schema both read it. */
export type Shape = TextShape | FlagShape | WholeShape | ModeShape | ListShape | TableShape | RecordShape | AnyShape;

type Described = {
  /** One sentence for people and editors. */
  readonly about: string;
  /** What a value that upstream cannot decode does, where it differs from what holds further up. */
  readonly breaks?: string;
};

/** A text. Upstream decodes any scalar into a text by taking it as it is written. */
export type TextShape = Described & {
  readonly kind: "text";
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words. */
  readonly form?: string;
  /** The id of the rule that the pattern is, where it has one of its own. */
  readonly rule?: string;
  /** Upstream compiles it with Go's regexp package. */
  readonly regexp?: boolean;
  /** Upstream expands Go templates in it, so that a pattern holds only where there is none. */
  readonly template?: boolean;
  /** Decoded without a conversion: a number, a flag or a date without quotes is none. */
  readonly exact?: boolean;
  /** `warning` where upstream takes other values too. */
  readonly severity?: "warning";
};

/** true or false. `loose`: upstream also takes YAML 1.1's yes and no. */
export type FlagShape = Described & { readonly kind: "flag"; readonly loose: boolean };

/** A whole number. */
export type WholeShape = Described & { readonly kind: "whole"; readonly min?: number };

/** A file's permissions. `number`: decoded as a number; `digits`: decoded as a text of octal digits. */
export type ModeShape = Described & { readonly kind: "mode"; readonly as: "number" | "digits" };

export type ListShape = Described & { readonly kind: "list"; readonly of: Shape };

/** A mapping whose keys people choose. */
export type TableShape = Described & {
  readonly kind: "table";
  readonly of: Shape;
  /** The only keys there are. */
  readonly keys?: readonly string[];
  /** Keys that mean something; others are legal, so that only a near miss is worth a warning. */
  readonly usual?: readonly string[];
};

/** A mapping with a fixed set of keys. Upstream ignores any other one, which is why typos hurt. */
export type RecordShape = Described & {
  readonly kind: "record";
  readonly fields: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** Keys that upstream's own schema or documentation knows and no code reads: key to reason. */
  readonly ignored?: Readonly<Record<string, string>>;
  /** Keys that people write for another one: key to what is meant and why. */
  readonly misnamed?: Readonly<Record<string, { readonly use: string; readonly reason: string }>>;
  /** Keys that still work and are on their way out: key to what replaces them. */
  readonly deprecated?: Readonly<Record<string, string>>;
  /** Read through viper, which takes `system.size: 1` for `system: {size: 1}`. */
  readonly dotted?: boolean;
};

/** Whatever stands here is read by something this project does not check. */
export type AnyShape = Described & { readonly kind: "any" };

export const text = (about: string, more: Omit<TextShape, "kind" | "about"> = {}): TextShape => ({
  kind: "text",
  about,
  ...more,
});
export const flag = (about: string): FlagShape => ({ kind: "flag", about, loose: true });
export const strictFlag = (about: string): FlagShape => ({ kind: "flag", about, loose: false });
export const whole = (about: string, min?: number): WholeShape =>
  min === undefined ? { kind: "whole", about } : { kind: "whole", about, min };
export const mode = (about: string, as: "number" | "digits"): ModeShape => ({ kind: "mode", about, as });
export const list = (about: string, of: Shape): ListShape => ({ kind: "list", about, of });
export const texts = (about: string): ListShape => list(about, text("One of them"));
export const table = (about: string, of: Shape, more: Pick<TableShape, "keys" | "usual"> = {}): TableShape => ({
  kind: "table",
  about,
  of,
  ...more,
});
export const record = (
  about: string,
  fields: Readonly<Record<string, Shape>>,
  more: Omit<RecordShape, "kind" | "about" | "fields"> = {},
): RecordShape => ({ kind: "record", about, fields, ...more });
export const any = (about: string): AnyShape => ({ kind: "any", about });
