/** The smallest ports. */
import type { ClockPort, CryptoPort, RandomPort } from '@slipway/core';
import { crypto } from './on-demand.ts';

export const clockPort: ClockPort = { now: () => Date.now() };

export const randomPort: RandomPort = {
  bytes: (count) => new Uint8Array(crypto().randomBytes(count)),
};

export const cryptoPort: CryptoPort = {
  sha256() {
    const hash = crypto().createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
};
