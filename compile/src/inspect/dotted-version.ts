/** Dotted numbers such as `2.17` and `13.0`: ordered by number, never by text (2.9 is older than 2.17). */

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`. */
export function compareDotted(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The lowest `x.y` that is not older than `x.y.z`: package labels have room for two numbers, and a floor may be
 * too high but never too low (2.3.4 is 2.4, 2.17.0 is 2.17).
 */
export function toMinor(major: number, minor: number, patch: number): string {
  return `${major}.${minor + (patch > 0 ? 1 : 0)}`;
}
