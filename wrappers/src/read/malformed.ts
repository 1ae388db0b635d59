import { SlipwayError } from '@slipway/core';

export interface Place {
  readonly member?: string | undefined;
  /** Byte in the file; of a tar.gz, byte in the tar inside it. */
  readonly offset?: number | undefined;
}

/** What one reader throws about one file: the file is already known, so only the fault and its place are given. */
export type Malformed = (what: string, place?: Place) => SlipwayError<'PACKAGE_MALFORMED'>;

/** Names the package as the user knows it, the member and the byte, so that a fault can be looked at with other tools. */
export function malformedIn(file: string): Malformed {
  return (what, { member, offset } = {}) => {
    const where = (member === undefined ? '' : `: ${JSON.stringify(member)}`) + (offset === undefined ? '' : ` at byte ${offset}`);
    return new SlipwayError('PACKAGE_MALFORMED', `${file}${where}: ${what}`, {
      hint: 'Build the package again; do not install one that somebody else has made this way.',
    });
  };
}
