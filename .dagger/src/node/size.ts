/** In which Kairos gives sizes. */
export const MIB = 1024 ** 2;

const UNITS = { MiB: MIB, GiB: 1024 ** 3 } as const;

/** Bytes of a Size: `1.5GiB` is 1610612736. */
export function sizeInBytes(size: string): number {
  const match = /^(\d+(?:\.\d+)?)(MiB|GiB)$/.exec(size);
  if (!match) throw new RangeError(`not a size in MiB or GiB: ${size}`);
  return Math.round(Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]);
}

/** Whole MiB that hold a Size, in which Kairos gives sizes: `1.5GiB` is 1536. */
export function sizeInMiB(size: string): number {
  return Math.ceil(sizeInBytes(size) / UNITS.MiB);
}

/** Bytes as people read them: `1.5 GiB`, `512 MiB`. */
export function readableSize(bytes: number): string {
  const [unit, divisor] = bytes >= UNITS.GiB ? ["GiB", UNITS.GiB] : ["MiB", UNITS.MiB];
  return `${(bytes / divisor).toFixed(1).replace(/\.0$/, "")} ${unit}`;
}
