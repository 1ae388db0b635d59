import type { RandomPort } from '@slipway/core';

/** 16 hexadecimal digits that nobody can guess. */
export function randomHex(random: RandomPort, bytes = 8): string {
  return [...random.bytes(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A name beside `path`, for what is going to be renamed over it. */
export function temporaryName(random: RandomPort, path: string): string {
  return `${path}.${randomHex(random)}`;
}

/** Whether a name in an installation's root is such a leftover. */
export function isTemporaryName(name: string): boolean {
  return /^(state|trial|current)\.[0-9a-f]{16}$/.test(name);
}
