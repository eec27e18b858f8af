/**
 * The address that a source's url stands for: its version in place of {version}, its architecture (where it has one) in
 * place of {arch}.
 */
export function addressOf(source: { url: string; version: string }, arch = ""): string {
  return source.url.replaceAll("{version}", source.version).replaceAll("{arch}", arch);
}
