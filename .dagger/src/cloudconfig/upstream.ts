/** The versions whose source and behaviour this folder describes. docs/cloud-config.md says what came from where. */
export const UPSTREAM = {
  "mudler/yip": "v1.25.1",
  "kairos-io/kairos-agent": "v2.31.4",
  "kairos-io/kairos-sdk": "v0.25.3",
  "kairos-io/immucore": "v0.20.4",
  "kairos-io/provider-kairos": "v2.16.4",
} as const;

/** yip reads the stages of a file with this header in a second pass whose error it discards. */
export const BREAKS_STAGES = "yip cannot decode it, and then skips every stage of this file without an error";

/** The cloud-init part of a file is decoded first; its error ends the walk through the folder. */
export const BREAKS_FOLDER = "yip cannot decode it, and then runs no file of the folder it stands in";

/** The agent decodes the merged configuration in one go. */
export const BREAKS_AGENT = "kairos-agent cannot decode it, and then refuses the whole configuration";

/** The provider decodes the merged configuration in one go. */
export const BREAKS_PROVIDER = "the Kairos provider cannot decode it, and then sets up no cluster";
