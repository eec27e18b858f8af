/** Seconds of a Duration: `90s` is 90, `10min` is 600. */
export function durationInSeconds(duration: string): number {
  const match = /^([1-9]\d*)(s|min)$/.exec(duration);
  if (!match) throw new RangeError(`not a duration in s or min: ${duration}`);
  return Number(match[1]) * (match[2] === "min" ? 60 : 1);
}
