import type { Secret } from "@dagger.io/dagger";
import { firstLine } from "../errors.js";

/**
 * What of a call's secrets cannot be read, a line each: a variable that is not set, a file that is not there. An engine looks
 * for a secret when it is used, and its words name no argument.
 */
export async function unreadable(secrets: { readonly [argument: string]: Secret | undefined }): Promise<string[]> {
  const lines = await Promise.all(
    Object.entries(secrets).map(async ([argument, secret]): Promise<string[]> => {
      try {
        await secret?.plaintext();
        return [];
      } catch (error) {
        return [
          `${argument}: it cannot be read (${firstLine(error)}), expected env://NAME, file://PATH or cmd://COMMAND`,
        ];
      }
    }),
  );
  return lines.flat();
}

/** Whether there is something in a secret; one that cannot be read was given, and is named by unreadable(). */
export async function filled(secret: Secret | undefined): Promise<boolean> {
  if (!secret) return false;
  return secret.plaintext().then(
    (text) => text.trim() !== "",
    () => true,
  );
}
