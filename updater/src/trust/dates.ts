/** Dates as text. Nothing here reads a clock: what is parsed and written comes in as an argument. */

/** Milliseconds since 1970 of a date as metadata and HTTP write it; undefined when it is none. */
export function parseDate(text: string): number | undefined {
  // oxlint-disable-next-line no-restricted-globals
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** `2026-01-31`, in UTC; milliseconds since 1970. */
export function dayOf(time: number): string {
  const limit = 8.64e15; // the largest time there is (ECMA-262, Time Values)
  // oxlint-disable-next-line no-restricted-globals
  return new Date(Math.min(Math.max(time, -limit), limit)).toISOString().replace(/T.*$/, '');
}
