/** Why metadata was not believed, in our words. The rules are the library's; what they mean to a user is said here. */
import { SlipwayError } from '@slipway/core';
import { LengthOrHashMismatchError, UnsignedMetadataError } from '@tufjs/models/dist/error.js';
import { BadVersionError, ExpiredMetadataError, RepositoryError } from 'tuf-js/dist/error.js';
import { dayOf } from './dates.ts';

const day = 86_400_000;

/** What a verification of `<role>.json` threw, as one of ours. Expiry is `expired`, below. */
export function rejection(role: string, error: unknown): SlipwayError {
  if (error instanceof SlipwayError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const file = `the server's update data (${role}.json)`;
  const details = { cause: error };
  if (error instanceof UnsignedMetadataError) return new SlipwayError('TRUST_REJECTED', `${file} is not signed by the keys that this program trusts: ${reason}`, details);
  if (error instanceof LengthOrHashMismatchError) return new SlipwayError('TRUST_REJECTED', `${file} is not the file that was announced; it is mixed up, cut off or changed: ${reason}`, details);
  if (isRollback(error, reason)) return new SlipwayError('TRUST_ROLLED_BACK', `${file} is older than what this installation has already seen: ${reason}`, details);
  if (error instanceof RepositoryError) return new SlipwayError('TRUST_REJECTED', `${file} does not fit the rest; old and new files are mixed: ${reason}`, details);
  return new SlipwayError('SERVER_ANSWER_INVALID', `${file} is not in the form of signed metadata: ${reason}`, details);
}

/** The library throws the same class for "lower than before" and "not the one announced". */
function isRollback(error: unknown, reason: string): boolean {
  return (error instanceof BadVersionError && reason.includes('less than')) || (error instanceof RepositoryError && reason.startsWith('Missing file'));
}

export function isExpiry(error: unknown): boolean {
  return error instanceof ExpiredMetadataError;
}

export interface Times {
  /** Milliseconds since 1970: this computer's clock, the server's (if it said), the newest signed date. */
  readonly clock: number;
  readonly server: number | undefined;
  readonly signed: number;
}

/** Metadata that expired at `expires`; when the server's clock contradicts this computer's, that is what is wrong. */
export function expired(role: string, expires: number, { clock, server, signed }: Times): SlipwayError {
  const newest = signed === 0 ? '' : `; the newest signed date seen is ${dayOf(signed)}`;
  if (server !== undefined && expires > signed && Math.abs(server - clock) > day) {
    return new SlipwayError('CLOCK_WRONG', `this computer's clock says ${dayOf(clock)}, the update server's says ${dayOf(server)}, and signed update data (${role}.json) is good until ${dayOf(expires)}${newest}`);
  }
  return new SlipwayError('TRUST_EXPIRED', `the update data (${role}.json) expired on ${dayOf(expires)}; this computer's clock says ${dayOf(clock)}${newest}`);
}

/** Throws CLOCK_WRONG when something was signed more than a day after this computer's now: no expiry can be judged then. */
export function checkSignedDate(what: string, signed: number, clock: number): void {
  if (signed <= clock + day) return;
  throw new SlipwayError('CLOCK_WRONG', `this computer's clock says ${dayOf(clock)}, but ${what} was signed on ${dayOf(signed)}`);
}
