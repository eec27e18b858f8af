import { z } from "zod";

/** What pins a thing by its content, as registries write it. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");

/** The same, as sha256sum writes it. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");
