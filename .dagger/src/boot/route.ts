/** How far the proof of a node goes. */
export enum BootRoute {
  /** The medium as it is, live: a few minutes. */
  Live = "LIVE",
  /** And its unattended installation to a disk, the installed system, and its second boot. */
  Installed = "INSTALLED",
}
