import { entries, type Rule } from "./rule.js";

/**
 * Programs that neither a base image nor kairos-init brings (pkg/values/packagemaps.go of kairos-init), and the Debian
 * and Ubuntu packages that do. What is not listed is not known, and passes: a false alarm would cost more.
 */
const PROVIDERS: { readonly [program: string]: readonly string[] } = {
  "avahi-browse": ["avahi-utils"],
  "avahi-resolve": ["avahi-utils"],
  bpftrace: ["bpftrace"],
  buildah: ["buildah"],
  dig: ["dnsutils", "bind9-dnsutils"],
  docker: ["docker.io"],
  gdb: ["gdb"],
  gpiodetect: ["gpiod"],
  gpioget: ["gpiod"],
  gpioinfo: ["gpiod"],
  gpiomon: ["gpiod"],
  gpioset: ["gpiod"],
  htop: ["htop"],
  iotop: ["iotop", "iotop-c"],
  iperf3: ["iperf3"],
  ltrace: ["ltrace"],
  mtr: ["mtr", "mtr-tiny"],
  nmap: ["nmap"],
  nvme: ["nvme-cli"],
  podman: ["podman"],
  sensors: ["lm-sensors"],
  skopeo: ["skopeo"],
  smartctl: ["smartmontools"],
  socat: ["socat"],
  strace: ["strace"],
  tcpdump: ["tcpdump"],
  tmux: ["tmux"],
};

export const assertionCommandKnown: Rule = {
  id: "node/assertion-command-known",
  severity: "error",
  reason: "an assertion runs on the booted node; a program that the image lacks fails it for the wrong reason",
  find({ node, yaml }) {
    // With unreadable packages nothing can be said to be missing.
    if (node.packages === undefined || node.binaries === undefined) return [];
    const packages = new Set(node.packages);
    const brought = new Set([
      ...entries(node.binaries).map(([, binary]) => binary.path.split("/").at(-1)),
      ...entries(node.files).map(([, file]) => file.path.split("/").at(-1)),
      ...(node.kubernetes ? [node.kubernetes.distribution] : []),
    ]);
    return entries(node.assertions).flatMap(([i, { command }]) =>
      programs(command).flatMap((program) => {
        if (brought.has(program)) return [];
        const span = yaml.span(["assertions", i, "command"]);
        if (program === "k0s" || program === "kubectl") {
          const expected = program === "k0s" ? "kubernetes: with the distribution k0s" : "k0s kubectl";
          return [{ span, message: `The image has no ${program}`, found: program, expected }];
        }
        const providers = Object.hasOwn(PROVIDERS, program) ? PROVIDERS[program] : undefined;
        if (!providers || providers.some((name) => packages.has(name))) return [];
        return [
          {
            span,
            message: `The image has no ${program}`,
            found: program,
            expected: `${providers.join(" or ")} in packages:`,
          },
        ];
      }),
    );
  },
};

/** Words that stand before the program they run. */
const PREFIXES = new Set([
  "!",
  "sudo",
  "exec",
  "command",
  "time",
  "nice",
  "env",
  "then",
  "do",
  "else",
  "if",
  "while",
  "until",
  "{",
]);

/**
 * The programs that a shell command surely runs: the first word of each part, and what `command -v` asks for. Quoted
 * text is skipped whole, so `sh -c '…'` counts as sh.
 */
export function programs(command: string): string[] {
  const bare = command.replace(/\\./g, " ").replace(/'[^']*'|"[^"]*"/g, " ' ");
  const found = new Set<string>();
  for (const part of bare.split(/\|\|?|&&?|;|\$\(|`|\(|\)/)) {
    const words = part.trim().split(/\s+/);
    let at = 0;
    while (at < words.length && (PREFIXES.has(words[at] ?? "") || /^(-\S*|\w+=.*)$/.test(words[at] ?? ""))) at++;
    // `timeout 5 curl …`: the program is behind the number.
    if (words[at] === "timeout") while (++at < words.length && /^(-|\d)/.test(words[at] ?? ""));
    const name = (words[at] ?? "").split("/").at(-1) ?? "";
    if (/^[a-z0-9][\w.+-]*$/i.test(name)) found.add(name);
  }
  return [...found];
}
