/** What is wrong with an image on purpose, so that an upgrade to it must be taken back. */
export enum UpgradeFault {
  /** A service that the role needs fails. */
  Service = "SERVICE",
  /** An assertion does not hold. */
  Assertion = "ASSERTION",
  /** The kernel panics: the image's initrd is none. */
  Panic = "PANIC",
}
