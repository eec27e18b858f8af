const DAY = 24 * 60 * 60 * 1000;

/** So many midnights are asked for, the newest first. */
const ASKED = 7;

/**
 * The moments that a snapshot may be moved to, the newest first: midnights (UTC) that are a day old at least, because a
 * service has the last hours of an archive late, and none that is not newer than the moment it has.
 * @param now in ms since 1970
 * @param version the moment it has, `20260901T000000Z`
 */
export function newerMidnights(now: number, version: string): string[] {
  const newest = Math.floor((now - DAY) / DAY) * DAY;
  const moments = Array.from({ length: ASKED }, (_, days) => moment(newest - days * DAY));
  return moments.filter((one) => one > version);
}

/** Whether a text is a moment that there is: `20260231T000000Z` is none. */
export function isMoment(text: string): boolean {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return !Number.isNaN(ms) && moment(ms) === text;
}

/** A moment as snapshot services write it. */
function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}
