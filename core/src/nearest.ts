import { closest, distance } from 'fastest-levenshtein';

/** The allowed word that `found` was most likely meant to be, if one is near enough to be worth suggesting. */
export function nearest(found: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined;
  const match = closest(found.toLowerCase(), allowed as string[]);
  return distance(found.toLowerCase(), match.toLowerCase()) <= Math.max(2, Math.floor(match.length / 3)) ? match : undefined;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(found: string, allowed: readonly string[]): string {
  const match = nearest(found, allowed);
  return match === undefined ? '' : ` Did you mean "${match}"?`;
}
