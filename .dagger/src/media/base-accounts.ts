/**
 * The accounts that an image has before its owner's users are made. yip gives to one of these neither groups nor a shell
 * (pkg/plugins/user.go), so that nobody would become an administrator under such a name. Kairos' own user `kairos` is none of
 * them: its file makes it at each boot, in the group admin. Nor is `ubuntu`, which the base loses (image/base.ts).
 */
export const BASE_ACCOUNTS: ReadonlySet<string> = new Set([
  // base-passwd's passwd.master, Debian 12 and Ubuntu 24.04; Ubuntu 22.04 has gnats besides.
  ..."root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats _apt nobody".split(" "),
  // The sysusers.d files and maintainer scripts of systemd, openssh-server and dbus, which Kairos installs.
  ..."systemd-network systemd-resolve systemd-timesync systemd-coredump systemd-oom sshd messagebus".split(" "),
]);
