/** How far the proof of a node goes. */
export enum BootRoute {
  /** The medium as it is: an ISO live, in a few minutes; a RAW disk up to the active system. */
  Live = "LIVE",
  /** And what stays: an ISO's unattended installation to a disk and two boots from there, a RAW disk's second active boot. */
  Installed = "INSTALLED",
}
