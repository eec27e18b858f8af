import { flag, list, record, type Shape, strictFlag, table, text, texts, whole } from "./shape.js";
import { BREAKS_AGENT } from "./upstream.js";

const breaks = { breaks: BREAKS_AGENT };

const Partition = record("A partition", {
  name: text("Label of the partition"),
  partition_label: text("Label of the partition"),
  label: text("Label of the file system"),
  size: whole("MiB; 0 takes all that is left", 0),
  fs: text("File system; none is created without one"),
  flags: texts("Flags of the partition"),
  uuid: text("Id of the partition"),
});

/** kairos-sdk types/images: a scheme and a reference or path, or a bare image reference. */
const ImageSource = text("Where it comes from: oci:, dir:, file: or ocifile:", {
  pattern:
    /^((oci|docker|ocifile|dir|file):(\/\/)?[^\s:].*|[A-Za-z][A-Za-z0-9._/:@-]*|[0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9._/:@-]*)?)$/,
  form: "oci:, dir:, file: or ocifile: and a reference or path",
  exact: true,
});

const Image = record(
  "A system image",
  {
    label: text("Label of the file system"),
    size: whole("MiB", 0),
    fs: text("File system"),
    source: ImageSource,
    uri: text("The older name of source"),
  },
  { deprecated: { uri: "source" } },
);

const Bundles = list(
  "Bundles to install",
  record("A bundle", {
    repository: text("Where packages come from"),
    rootfs_path: text("Where the bundle goes"),
    db_path: text("Where luet keeps its database"),
    local_file: flag("The target is a file"),
    targets: list(
      "What to install",
      text("container://, docker://, run:// or package:// and a reference", {
        pattern: /^[A-Za-z]+:\/\/(?!.*:\/\/)./,
        form: "container://, docker://, run:// or package:// and a reference",
      }),
    ),
  }),
);

/** The options that grub.cfg reads. grub_options takes any key and writes it into the GRUB environment. */
export const GRUB_OPTIONS = [
  "default_fallback",
  "default_menu_entry",
  "extra_active_cmdline",
  "extra_cmdline",
  "extra_passive_cmdline",
  "extra_recovery_cmdline",
  "next_entry",
  "saved_entry",
];

const GrubOptions = table("Variables of the GRUB environment", text("The value"), { usual: GRUB_OPTIONS });

const SPEC = {
  reboot: strictFlag("Reboot afterwards"),
  poweroff: strictFlag("Power off afterwards"),
  "grub-entry-name": text("Name of the boot menu's entry"),
  "extra-dirs-rootfs": texts("Directories to create in the read-only root"),
  "allow-insecure-registries": strictFlag("Accept plain HTTP and unknown certificates"),
  system: { ...Image, about: "The active image" },
  passive: { ...Image, about: "The fallback image" },
};

/** kairos-sdk types/install and kairos-agent pkg/implementations/spec: both read this block. */
const Install = record(
  "What kairos-agent installs, and how",
  {
    ...SPEC,
    auto: flag("Install without asking"),
    device: text("The disk; auto takes the LARGEST one", {
      pattern: /^(auto|\/dev\/.+|script:\/\/.+)$/,
      form: "auto, a path below /dev, or script:// and a command",
    }),
    source: { ...ImageSource, about: "The image to install: oci:, dir:, file: or ocifile:" },
    "no-format": strictFlag("Use the partitions that exist"),
    force: strictFlag("Install over an existing system"),
    nousers: flag("Install although no user is in the group admin"),
    ssh_hardening: flag("Public keys only over SSH; needs a key in the top-level users"),
    encrypted_partitions: texts("Labels of file systems to encrypt"),
    skip_copy_kcrypt_plugin: flag("Leave the encryption plugin out"),
    env: texts("Variables of the installer, KEY=value"),
    bind_mounts: texts("Directories that persist"),
    ephemeral_mounts: texts("Directories that are writable and forgotten"),
    grub_options: GrubOptions,
    bundles: Bundles,
    partitions: record("Kairos's own partitions", {
      oem: Partition,
      recovery: Partition,
      state: Partition,
      persistent: Partition,
      efi: Partition,
    }),
    "extra-partitions": list("Further partitions", { ...Partition, required: ["name"] }),
    "recovery-system": { ...Image, about: "The recovery image" },
    firmware: text("Firmware; found out by itself", { values: ["efi", "bios"] }),
    "part-table": text("Partition table", { values: ["gpt", "msdos"] }),
    "cloud-init": texts("Further configurations, as paths or addresses"),
    iso: text("An ISO to install from"),
    tty: text("Console"),
    "skip-entries": texts("Boot entries to leave out (Trusted Boot)"),
  },
  {
    dotted: true,
    ...breaks,
    misnamed: {
      no_format: { use: "no-format", reason: "the SDK's schema names no_format, the agent reads no-format" },
      image: { use: "source", reason: "the SDK's schema names image, the agent reads source" },
      users: { use: "users, at the top of the file", reason: "the install block knows no users" },
      extra_partitions: { use: "extra-partitions", reason: "the agent reads the key with a dash" },
      "encrypted-partitions": { use: "encrypted_partitions", reason: "the agent reads the key with an underscore" },
    },
  },
);

const Upgrade = record(
  "What an upgrade does",
  {
    ...SPEC,
    entry: text("The boot entry to upgrade", { values: ["active", "recovery"], severity: "warning" }),
    recovery: strictFlag("Upgrade the recovery system instead"),
    "recovery-system": { ...Image, about: "The recovery image" },
    "excluded-paths": texts("Paths that are not copied"),
    "efi-partition": Partition,
  },
  { dotted: true, ...breaks },
);

const { "allow-insecure-registries": _unread, ...RESET_SPEC } = SPEC;
const Reset = record(
  "What a reset does",
  {
    ...RESET_SPEC,
    "reset-persistent": strictFlag("Format the persistent partition"),
    "reset-oem": strictFlag("Format the OEM partition"),
    tty: text("Console"),
  },
  { dotted: true, ...breaks },
);

/** The top-level keys of kairos-sdk's Config and of what kairos-agent takes from the merged configuration beside it. */
export const AGENT: Readonly<Record<string, Shape>> = {
  install: Install,
  upgrade: Upgrade,
  reset: Reset,
  config_url: text("Where a further configuration comes from; Go templates in it are expanded", breaks),
  options: { ...table("Free options", text("The value")), ...breaks },
  env: { ...texts("Variables, KEY=value"), ...breaks },
  bundles: { ...Bundles, ...breaks },
  fail_on_bundles_errors: { ...flag("Stop where a bundle fails"), ...breaks },
  grub_options: { ...GrubOptions, ...breaks },
  debug: { ...flag("Log more"), ...breaks },
  strict: { ...flag("Fail where a stage fails"), ...breaks },
  "cloud-init-paths": { ...texts("Further folders of configurations"), ...breaks },
  "eject-cd": { ...flag("Eject the medium after the installation"), ...breaks },
  cosign: { ...flag("Verify images with cosign"), ...breaks },
  verify: { ...flag("Verify checksums"), ...breaks },
  "cosign-key": { ...text("Public key for cosign"), ...breaks },
  arch: { ...text("Architecture"), ...breaks },
  "squash-compression": { ...texts("Options of mksquashfs"), ...breaks },
  "squash-no-compression": { ...flag("Compress nothing"), ...breaks },
  "uki-max-entries": { ...whole("How many boot entries to keep (Trusted Boot)"), ...breaks },
  "bind-pcrs": { ...texts("TPM registers to bind to"), ...breaks },
  "bind-public-pcrs": { ...texts("TPM registers to bind to with a signed policy"), ...breaks },
  logs: record("What `kairos-agent logs` collects", { journal: texts("Units"), files: texts("Patterns") }, breaks),
  kcrypt: record("Encryption of partitions", {
    challenger: record("The key server", {
      challenger_server: text("Its address"),
      mdns: strictFlag("Look for it in the local network"),
      certificate: text("Its certificate"),
      nv_index: text("TPM index of the stored blob"),
      c_index: text("TPM index of the key pair"),
      tpm_device: text("TPM device"),
    }),
    nv_index: text("TPM index of the stored blob"),
    c_index: text("TPM index of the key pair"),
    tpm_device: text("TPM device"),
  }),
  phonehome: record("Registration at a fleet server", {
    url: text("Its address"),
    registration_token: text("Token"),
    group: text("Group"),
    labels: table("Labels", text("The value")),
    heartbeat_interval: text("A duration, e.g. 30s"),
    reconnect_backoff: text("A duration, e.g. 30s"),
    artifact_download_retries: whole("Attempts", 0),
    artifact_download_retry_interval: text("A duration, e.g. 30s"),
    allowed_commands: texts("Commands that the server may send"),
  }),
  providers: record("Providers of the agent's events", { paths: texts("Folders of providers, in order") }),
};

/** Top-level keys that the SDK's schema knows and no code reads. */
export const AGENT_IGNORED: Readonly<Record<string, string>> = {
  platform: "the SDK's schema knows platform, and no code reads it from a cloud-config",
  fullcloudconfig: "the SDK's schema knows fullcloudconfig, and no code reads it",
};
