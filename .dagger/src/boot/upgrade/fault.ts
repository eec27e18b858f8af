/** What is wrong with an image on purpose, so that an upgrade to it must be taken back. */
export enum UpgradeFault {
  /** A service that the role needs fails. */
  Service = "SERVICE",
  /** An assertion does not hold. */
  Assertion = "ASSERTION",
  /** The boot hangs before anything judges it. */
  Hang = "HANG",
  /** The boot stops in emergency mode: what the local file systems need fails. */
  Emergency = "EMERGENCY",
  /** The kernel panics: the image's initrd is none. */
  Panic = "PANIC",
}
