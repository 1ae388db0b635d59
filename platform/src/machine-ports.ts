/** The smallest ports. */
import type { ClockPort, CryptoPort, RandomPort } from '@slipway/core';

export const clockPort: ClockPort = { now: () => Date.now() };

// node:crypto is loaded on demand: the guard needs it only to start a trial.
export const randomPort: RandomPort = {
  bytes: (count) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(count)),
};

export const cryptoPort: CryptoPort = {
  sha256() {
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};
