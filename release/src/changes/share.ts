/** The share of a channel that is offered a release. */
import { SlipwayError } from '@slipway/core';

export interface Share {
  readonly percent: number;
  /** Hashed with the id of an installation; a new one for each release, so that nobody is always among the first. */
  readonly salt: string;
}

/** Check a percentage as it is typed. Throws USAGE. */
export function checkPercent(percent: number): number {
  if (Number.isFinite(percent) && percent >= 0 && percent <= 100) return percent;
  throw new SlipwayError('USAGE', `${percent} is no percentage`, { hint: 'Give a number from 0 to 100.' });
}

export function newSalt(randomBytes: (count: number) => Uint8Array): string {
  return Buffer.from(randomBytes(8)).toString('hex');
}

/** Everybody is no share. */
export function shareOf(share: Share | undefined): { readonly rollout?: Share } {
  return share === undefined || share.percent === 100 ? {} : { rollout: share };
}
