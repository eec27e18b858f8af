import { hostname } from "./hostname.js";
import { flag, list, mode, type RecordShape, record, table, text, texts, whole } from "./shape.js";
import { BREAKS_STAGES } from "./upstream.js";

const path = (about: string) => text(about, { pattern: /^\//, form: "an absolute path", template: true });
const PERMISSIONS = "Permissions as an octal number without quotes, e.g. 0644; absent means 0000";
const OWNER_STRING = {
  owner_string: {
    use: "ownerstring",
    reason: "yip's documentation says owner_string, its code reads ownerstring (File has no yaml tags)",
  },
  owner_name: { use: "ownerstring", reason: "yip reads the owner's name from ownerstring" },
  mode: { use: "permissions", reason: "yip calls a file's mode permissions" },
};

/** How yip may decode a file's content (pkg/plugins/file_decoder.go). Any other word means: as it is. */
export const ENCODINGS = ["b64", "base64", "gz", "gzip", "gz+base64", "gzip+base64", "gz+b64", "gzip+b64"] as const;

const encoding = text("How the content is encoded", { values: ENCODINGS });

const File = record(
  "A file to write",
  {
    path: path("Where the file stands"),
    content: text("What the file holds; Go templates in it are expanded"),
    permissions: mode(PERMISSIONS, "number"),
    owner: whole("The owner's numeric id", 0),
    group: whole("The group's numeric id", 0),
    ownerstring: text("The owner by name, user or user:group"),
    encoding,
  },
  { required: ["path"], misnamed: OWNER_STRING },
);

const Download = record(
  "A file to download",
  {
    path: path("Where the file stands"),
    url: text("Where it comes from", { pattern: /^[A-Za-z][A-Za-z0-9+.-]*:\/\/./, form: "a URL" }),
    permissions: mode(PERMISSIONS, "number"),
    owner: whole("The owner's numeric id", 0),
    group: whole("The group's numeric id", 0),
    ownerstring: text("The owner by name, user or user:group"),
    timeout: whole("Seconds; 0 waits without end", 0),
  },
  { required: ["path", "url"], misnamed: OWNER_STRING },
);

const Directory = record(
  "A directory to create",
  {
    path: path("Where the directory stands"),
    permissions: mode("Permissions as an octal number without quotes, e.g. 0755; absent means 0000", "number"),
    owner: whole("The owner's numeric id", 0),
    group: whole("The group's numeric id", 0),
  },
  { required: ["path"], misnamed: { mode: OWNER_STRING.mode } },
);

const Entity = record(
  "A line of an account database",
  { path: path("The database, e.g. /etc/passwd"), entity: text("The entity, as YAML in a text") },
  { required: ["entity"] },
);

/** What yip reads of a user, in a stage and in the top-level list alike. */
export const USER_FIELDS = {
  name: text("Login name"),
  passwd: text("Hash of the password"),
  ssh_authorized_keys: texts("Public keys, or github:USER and gitlab:USER"),
  gecos: text("Comment"),
  homedir: path("Home directory"),
  no_create_home: flag("Create no home directory"),
  primary_group: text("Primary group; default is one named after the user"),
  groups: texts("Further groups; admin may use sudo"),
  no_user_group: flag("Create no group named after the user"),
  system: flag("A system account"),
  no_log_init: flag("Leave lastlog and faillog alone"),
  shell: path("Login shell"),
  lock_passwd: flag("Lock the password"),
  uid: text("Numeric id", { pattern: /^[0-9]+$/, form: "a whole number" }),
} as const;

/** Spellings that upstream's own schema and documentation use for a user's keys, and that yip does not read. */
export const USER_MISNAMED = {
  lockPasswd: { use: "lock_passwd", reason: "the SDK's schema names lockPasswd, yip reads lock_passwd" },
  password: { use: "passwd", reason: "yip reads the hash from passwd" },
  ssh_keys: { use: "ssh_authorized_keys", reason: "yip reads the keys from ssh_authorized_keys" },
  authorized_keys: { use: "ssh_authorized_keys", reason: "authorized_keys belongs beside users, not into a user" },
  sudo: { use: "groups", reason: "yip knows no sudo key; members of the group admin may use sudo" },
} as const;

const User = record("A user", USER_FIELDS, { misnamed: USER_MISNAMED });

/** The data sources that yip knows (pkg/plugins/datasource.go). It skips any other word without an error. */
const DATASOURCES = [
  "aws",
  "azure",
  "cdrom",
  "config-drive",
  "digitalocean",
  "file",
  "gcp",
  "hetzner",
  "maas",
  "metaldata",
  "openstack",
  "packet",
  "scaleway",
  "vmware",
  "vultr",
];

/** The file systems of the layout plugin; `-`, `none` and `noformat` leave the partition as it is. */
const FILESYSTEMS = [
  "ext2",
  "ext3",
  "ext4",
  "fat",
  "fat16",
  "fat32",
  "vfat",
  "xfs",
  "btrfs",
  "swap",
  "-",
  "none",
  "noformat",
];

const Layout = record("Partitions of one disk", {
  device: record("The disk", {
    path: text("The block device, or script:// and a command that prints it", {
      pattern: /^(\/|script:\/\/.)/,
      form: "a path below /dev, or script:// and a command",
    }),
    label: text("The label of a file system on the disk"),
    init_disk: flag("Write a new partition table first; needs path and no label"),
    disk_name: text("The name that the new table's id is made of"),
  }),
  expand_partition: record("Grow the last partition", { size: whole("MiB; 0 takes all that is left", 0) }),
  add_partitions: list(
    "Partitions to add after the last one",
    record("A partition", {
      fsLabel: text("Label of the file system"),
      pLabel: text("Label of the partition"),
      size: whole("MiB; 0 takes all that is left", 0),
      filesystem: text("File system; default ext2", { values: FILESYSTEMS }),
      bootable: flag("Mark it as the one to boot from"),
    }),
  ),
});

/** One step of a stage: yip's Stage struct (pkg/schema/schema.go), key for key. */
export const Step: RecordShape = record(
  "A step: what yip does in this stage",
  {
    name: text("What the step does, for the log"),
    commands: texts("Shell commands; Go templates in them are expanded"),
    files: list("Files to write", File),
    downloads: list("Files to download", Download),
    directories: list("Directories to create, before files", Directory),
    if: text("A shell command; the step runs where it exits with 0"),
    ensure_entities: list("Accounts and groups to add", Entity),
    delete_entities: list("Accounts and groups to remove", Entity),
    dns: record("Resolver settings", {
      nameservers: texts("Addresses of name servers"),
      search: texts("Search domains"),
      options: texts("Options"),
      path: path("The file to write; default /etc/resolv.conf"),
    }),
    hostname: hostname("Host name; Go templates in it are expanded"),
    sysctl: table("Kernel parameters", text("The value")),
    authorized_keys: table("Public keys by user", texts("Public keys, or github:USER and gitlab:USER")),
    node: text("Only where the host name matches this regular expression", { regexp: true }),
    users: table("Users by name", User),
    modules: texts("Kernel modules to load"),
    systemctl: record("systemd units", {
      enable: texts("Units to enable"),
      disable: texts("Units to disable"),
      start: texts("Units to start"),
      mask: texts("Units to mask"),
      overrides: list(
        "Drop-in files in /etc/systemd/system",
        record(
          "A drop-in file",
          { service: text("The service"), content: text("The drop-in"), name: text("Its file name") },
          { required: ["service", "content"] },
        ),
      ),
    }),
    environment: table("Variables to write into the environment file", text("The value")),
    environment_file: path("The environment file; default /etc/environment"),
    package_pins: table("Versions by package", text("The version")),
    packages: record("Distribution packages", {
      install: texts("Packages to install"),
      remove: texts("Packages to remove"),
      refresh: flag("Refresh the package lists"),
      upgrade: flag("Upgrade every package"),
    }),
    unpack_images: list(
      "Container images to unpack",
      record(
        "An image",
        { source: text("Reference"), target: path("Where it goes"), platform: text("os/arch") },
        { required: ["source", "target"] },
      ),
    ),
    after: list("Steps to wait for", record("A step", { name: text("Its name") }, { required: ["name"] })),
    datasource: record("User data of a cloud", {
      providers: list("Where to look", text("A data source", { values: DATASOURCES })),
      path: path("Where the user data goes"),
      userdata_name: text("Its file name"),
    }),
    layout: Layout,
    systemd_firstboot: table("Arguments of systemd-firstboot", text("The value")),
    timesyncd: table("Settings of systemd-timesyncd", text("The value")),
    git: record(
      "A repository to clone or pull",
      {
        url: text("Where it comes from"),
        path: path("Where it goes"),
        branch: text("Branch; default master"),
        branch_only: flag("Fetch this branch only"),
        auth: record("Credentials", {
          username: text("User"),
          password: text("Password"),
          private_key: text("Private key"),
          public_key: text("Host key"),
          insecure: flag("Check no host key"),
        }),
      },
      { required: ["url", "path"] },
    ),
    only_os: text("Only where the OS name matches this regular expression", { regexp: true }),
    only_os_version: text("Only where the OS version matches this regular expression", { regexp: true }),
    only_arch: text("Only where Go's name of the architecture matches this regular expression", { regexp: true }),
    only_service_manager: text("Only with this service manager", {
      pattern: /^(systemd|openrc)$/i,
      form: "systemd or openrc",
    }),
    if_files: table("Only where these files exist", texts("Paths"), { keys: ["any", "all", "none"] }),
  },
  {
    breaks: BREAKS_STAGES,
    misnamed: {
      systctl: { use: "sysctl", reason: "yip's documentation has this typo, its code reads sysctl" },
      write_files: { use: "files", reason: "write_files is cloud-init's key, at the top of the file" },
      runcmd: { use: "commands", reason: "runcmd is cloud-init's key, at the top of the file" },
      ssh_authorized_keys: { use: "authorized_keys", reason: "in a step the keys are a mapping by user" },
      command: { use: "commands", reason: "yip reads a list" },
      entities: { use: "ensure_entities", reason: "yip knows ensure_entities and delete_entities" },
    },
  },
);
