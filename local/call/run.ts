/** What a call needs beyond understanding the command line: loaded only when there is one to make. */
export { run } from "./chain.js";
export { loadClasses } from "./load.js";
export { print } from "./output.js";
export { connect } from "./sdk.js";
