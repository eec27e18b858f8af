import { hostname } from "./hostname.js";
import { flag, list, mode, record, type Shape, text, texts } from "./shape.js";
import { ENCODINGS, USER_FIELDS, USER_MISNAMED } from "./step.js";
import { BREAKS_FOLDER } from "./upstream.js";

const breaks = { breaks: BREAKS_FOLDER };

const WriteFile = record(
  "A file to write in the stage boot",
  {
    path: text("Where the file stands", { pattern: /^\//, form: "an absolute path" }),
    content: text("What the file holds; Go templates in it are expanded"),
    permissions: mode('Permissions as a text of octal digits, e.g. "0644"; absent means 0000', "digits"),
    owner: text("The owner by name, user or user:group"),
    encoding: text("How the content is encoded", { values: ENCODINGS }),
  },
  {
    required: ["path"],
    ignored: {
      append: "cloud-init's append is not converted: yip replaces the file",
      defer: "cloud-init's defer is not converted",
    },
  },
);

const IMPORT = "yip's loader decodes this key and uses it nowhere";

const RootUser = record(
  "A user, created in the stage boot",
  { ...USER_FIELDS, lock_passwd: flag("Lock the password") },
  {
    required: ["name"],
    misnamed: USER_MISNAMED,
    ignored: {
      coreos_ssh_import_github: IMPORT,
      coreos_ssh_import_github_users: IMPORT,
      coreos_ssh_import_url: IMPORT,
    },
  },
);

/** The part of cloud-init that yip converts (pkg/schema/cloudinit, loader_cloudinit.go). Needs the #cloud-config header. */
export const CLOUD_INIT: Readonly<Record<string, Shape>> = {
  users: {
    ...list("Users, created in the stage boot; remote keys are fetched in the stage network", RootUser),
    ...breaks,
  },
  ssh_authorized_keys: { ...texts("Public keys for every user of the list above, or for root"), ...breaks },
  write_files: { ...list("Files to write in the stage boot", WriteFile), ...breaks },
  milpa_files: { ...list("The older name of write_files", WriteFile), ...breaks },
  runcmd: { ...texts("Shell commands of the stage boot"), ...breaks },
  hostname: { ...hostname("Host name, set in the stage initramfs; Go templates in it are expanded"), ...breaks },
  growpart: record(
    "Grow the last partition of these disks",
    { mode: text("Read by nothing"), devices: texts("Disks") },
    breaks,
  ),
};

/** Keys of cloud-init that people know and yip does not convert, with what does the same in Kairos. */
export const NOT_CONVERTED: Readonly<Record<string, { use: string; reason: string }>> = Object.fromEntries(
  (
    [
      ["bootcmd", "stages.rootfs or stages.initramfs with commands"],
      ["packages", "stages.<stage>[].packages.install, or the node's packages in node.yaml"],
      ["package_update", "stages.<stage>[].packages.refresh"],
      ["package_upgrade", "stages.<stage>[].packages.upgrade"],
      ["ntp", "stages.<stage>[].timesyncd"],
      ["timezone", "stages.<stage>[].systemd_firstboot.timezone"],
      ["locale", "stages.<stage>[].systemd_firstboot.locale"],
      ["keyboard", "stages.<stage>[].systemd_firstboot.keymap"],
      ["fqdn", "hostname"],
      ["manage_etc_hosts", "hostname"],
      ["chpasswd", "users[].passwd"],
      ["ssh_pwauth", "install.ssh_hardening"],
      ["groups", "users[].groups"],
      ["mounts", "stages.fs with commands"],
      ["swap", "stages.boot with commands"],
      ["disk_setup", "stages.<stage>[].layout"],
      ["fs_setup", "stages.<stage>[].layout"],
      ["network", "stages.initramfs[].files in /etc/systemd/network"],
      ["resolv_conf", "stages.<stage>[].dns"],
      ["ca_certs", "stages.initramfs[].files"],
      ["power_state", "install.reboot or install.poweroff"],
      ["sysctl", "stages.<stage>[].sysctl"],
      ["modules", "stages.<stage>[].modules"],
      ["files", "stages.<stage>[].files, or write_files"],
      ["commands", "stages.<stage>[].commands, or runcmd"],
      ["environment", "stages.<stage>[].environment"],
    ] as const
  ).map(([key, use]) => [key, { use, reason: `at the top of the file, ${key} is read by nothing in Kairos` }]),
);
