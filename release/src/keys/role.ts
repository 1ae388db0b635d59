/** Who signs what: the four roles every repository has, and one for each release channel. */
import { SlipwayError } from '@slipway/core';

export const topRoles = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type TopRole = (typeof topRoles)[number];

/** A role's name is part of file names and of addresses. */
export const rolePattern = /^[a-z][a-z0-9-]{0,31}$/;

/** Check the name of a channel. Throws USAGE. */
export function checkChannelName(channel: string): string {
  if (!rolePattern.test(channel)) throw new SlipwayError('USAGE', `"${channel}" cannot be the name of a channel`, { hint: 'Use lower-case letters, digits and hyphens, a letter first, at most 32.' });
  if ((topRoles as readonly string[]).includes(channel)) throw new SlipwayError('USAGE', `"${channel}" is the name of a role, not of a channel`, { hint: `${topRoles.join(', ')} have their own meaning; usual channels are stable, beta and nightly.` });
  return channel;
}
