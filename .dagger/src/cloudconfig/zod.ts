import { z } from "zod";
import type { Shape } from "./shape.js";

const Scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The zod schema of a shape. It holds no positions and knows no scalar's spelling: check.ts is the judge, this is for editors. */
export function toZod(shape: Shape): z.ZodType {
  return bare(shape).describe(shape.about);
}

function bare(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case "text":
      if (shape.severity === "warning" || shape.template) return Scalar;
      if (shape.values) return z.enum(shape.values as [string, ...string[]]);
      return shape.pattern && !/i/.test(shape.pattern.flags)
        ? z.union([z.string().regex(shape.pattern, shape.form), z.number()])
        : Scalar;
    case "flag":
      return z.boolean();
    case "whole":
      return shape.min === undefined ? z.int() : z.int().min(shape.min);
    case "mode":
      return shape.as === "digits"
        ? z.string().regex(/^[0-7]{1,5}$/, 'octal digits, e.g. "0644"')
        : z.int().min(0).max(0o7777);
    case "list":
      return z.array(toZod(shape.of));
    case "table":
      return shape.keys
        ? z.partialRecord(z.enum(shape.keys as [string, ...string[]]), toZod(shape.of))
        : z.record(z.string(), toZod(shape.of));
    case "record":
      return z.strictObject(
        Object.fromEntries(
          Object.entries(shape.fields).map(([key, field]) => [
            key,
            shape.required?.includes(key) ? toZod(field) : toZod(field).optional(),
          ]),
        ),
      );
    case "any":
      return z.unknown();
  }
}
