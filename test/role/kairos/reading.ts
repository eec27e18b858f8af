// What a part of debug-report may run: programs, with all arguments that each may have. Whoever adds a part adds a line
// here, and looks up that it only reads.
const paths = String.raw`( "\$R"(/(?!\.\.)[\w.*-]+)+)+`;
const reading: Record<string, RegExp | true> = {
  cat: new RegExp(`^${paths}$`),
  df: /^( --(human-readable|print-type|inodes))+$/,
  dmesg: /^ --ctime$/,
  "dpkg-query": /^ --show$/,
  du: new RegExp(`^ --one-file-system --block-size=1M --threshold=100M${paths}$`),
  efibootmgr: /^ -v$/,
  ethtool: /^( -i)? "\$\{link##\*\/\}"$/,
  findmnt: true,
  free: /^ --mebi$/,
  "grub2-editenv": new RegExp(`^${paths} list$`),
  head: new RegExp(`^( --verbose)?( -n \\d+)?(${paths})?$`),
  iostat: /^ -x 1 2$/,
  ip: /^ (-statistics address|route show table all|neighbour)$/,
  journalctl: /^( --(list-boots|boot(=-1)?|no-pager|priority=err|lines=\d+|output=short-iso))+$/,
  k0s: /^ status$/,
  "kairos-agent": /^ state$/,
  ls: new RegExp(`^ -l${paths}$`),
  lsblk: /^ --output=[A-Z,]+$/,
  lscpu: true,
  lshw: /^ -short -sanitize$/,
  lsmod: true,
  lspci: /^ -nnk$/,
  lsscsi: /^ --size$/,
  lsusb: true,
  mokutil: /^ --sb-state$/,
  networkctl: /^ --no-pager status --all --lines=0$/,
  nft: /^ list ruleset$/,
  nvme: /^ list$/,
  podman: /^ ps --all --format "[^"`$]+"$/,
  ps: /^ -eo [a-z,]+ --sort=-rss$/,
  pstree: /^ --show-pids$/,
  read: /^ -r disk _$/,
  resolvectl: /^ status$/,
  sensors: true,
  smartctl: /^ (--scan|--xall "\$disk")$/,
  sort: /^( --(numeric-sort|reverse))+$/,
  ss: /^( --(tcp|udp|listening|numeric|processes))+$/,
  sysctl: /^ --all$/,
  systemctl: /^ (list-units|list-timers)? ?--(all|failed) --no-pager$/,
  "systemd-analyze": /^( (blame|critical-chain) --no-pager)?$/,
  "systemd-delta": /^ --no-pager --diff=false$/,
  tail: new RegExp(`^ --verbose --lines=\\d+${paths}$`),
  timedatectl: true,
  uname: /^ -a$/,
  uptime: true,
};

/** What of a command of parts.tsv is not on the list; empty is right. */
export function unlisted(command: string): string[] {
  // No substitution, no redirection, nothing in the background, and what is in quotes is no syntax.
  if (/[`<>\\]|\$\(|(?<!&)&(?!&)/.test(command)) return [command];
  const steps = command
    .replace(/^for link in "\$R"\/sys\/class\/net\/\*; do /, "")
    .replace(/\b(while|do) /g, "")
    .replace(/; done(?= \||$)/g, "")
    .split(/ *(?:;|\|\|?|&&) */);
  return steps.filter((step) => {
    const [, program = "", rest = ""] = /^(\S+)(.*)$/.exec(step) ?? [];
    const allowed = Object.hasOwn(reading, program) ? reading[program] : undefined;
    return allowed === undefined || !(allowed === true ? rest === "" : allowed.test(rest));
  });
}
