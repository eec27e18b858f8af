import { MAX_YAML_BYTES } from "../yaml/decode.js";
import { MAX_DEPTH } from "../yaml/depth.js";

/**
 * What each rule of a YAML file and of a cloud-config finds, in words that hold nothing of the file: for a file that may not
 * be shown. The documents list the same (docs/problems.md, docs/cloud-config.md).
 */
export const RULE_WORDS: Readonly<Record<string, string>> = {
  "yaml/alias": "an alias (*name); write the value out where it is used",
  "yaml/anchor": "an anchor (&name); write the value out where it is used",
  "yaml/binary": "a NUL byte; expected UTF-8 text",
  "yaml/bom": "a byte order mark before the first line; expected UTF-8 without one",
  "yaml/control-character": "a control character that nobody sees; expected printable text",
  "yaml/directive": "a %YAML or %TAG directive; expected plain YAML",
  "yaml/duplicate-key": "a key that stands twice in one mapping; expected each key once",
  "yaml/empty": "nothing but blanks and comments; expected a mapping, such as name: VALUE",
  "yaml/encoding": "bytes that are no UTF-8; expected UTF-8 text",
  "yaml/key": "a key that is no plain text, or a {{template}} without quotes",
  "yaml/merge-key": "a merge key (<<); write the values out",
  "yaml/multiple-documents": "a second document after ---; expected one",
  "yaml/syntax":
    "what is no YAML: most often wrong indentation, a bracket or quote that is not closed, or a colon and a blank in a text without quotes",
  "yaml/tab": "a tab as indentation; expected spaces",
  "yaml/tag": "a tag (!name); expected plain YAML",
  "yaml/too-deep": `more than ${MAX_DEPTH} levels of lists and mappings`,
  "yaml/too-large": `more than ${MAX_YAML_BYTES / 1024} KiB`,
  "cloud-config/datasource": "the data source file without a path",
  "cloud-config/deprecated": "a key that has a newer name",
  "cloud-config/empty": "a key without a value",
  "cloud-config/encoding": "a content that is not the base64 that its encoding says",
  "cloud-config/header": "no line #cloud-config where Kairos looks for it",
  "cloud-config/hostname": "a host name that RFC 1123 does not allow",
  "cloud-config/ignored": "a value that nothing reads here",
  "cloud-config/key-needs-network": "SSH keys from the network in a stage before it is there",
  "cloud-config/layout": "a disk layout that yip refuses",
  "cloud-config/partitions": "partitions that the agent refuses",
  "cloud-config/permissions":
    "permissions in a form that is read as others: in a step a bare number such as 0644, in write_files also a quoted one",
  "cloud-config/power": "both a restart and a power-off, of which one wins",
  "cloud-config/regexp": "an expression that Go does not take",
  "cloud-config/required": "a key is missing without which this does nothing",
  "cloud-config/ssh-hardening": "ssh_hardening beside a password, or without a user who has a key",
  "cloud-config/stage": "a stage that nothing runs",
  "cloud-config/type": "a value of a type that what reads it does not take, such as a text for a list",
  "cloud-config/unknown-key": "a key that nothing reads; case counts",
  "cloud-config/value": "a value that what reads it does not know",
  "cloud-config/yaml-1.1": "a word such as yes or on, which is a flag in YAML 1.1 alone",
};
