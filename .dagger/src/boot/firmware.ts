/** The firmware of the machine that a medium is booted on. */
export enum BootFirmware {
  /** What every machine of the last ten years has; the only one for arm64. */
  Uefi = "UEFI",
  /** The BIOS of older machines. */
  Bios = "BIOS",
}
