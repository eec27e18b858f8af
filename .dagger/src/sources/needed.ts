/** Names of images that the module itself uses for every build, whatever the nodes say. */
export const NEEDED_SOURCES = ["kairos-init", "auroraboot", "syft"] as const;
