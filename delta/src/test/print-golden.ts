/** Prints the hash of each golden patch as this runtime makes it. */
import { createHash } from 'node:crypto';
import { bytesSource } from '@slipway/core';
import { diff } from '../diff.ts';
import { goldenNames, goldenPair } from './golden-pairs.ts';
import { ports } from './ports.ts';

for (const name of goldenNames) {
  const { base, next } = goldenPair(name);
  const { patch } = diff(ports, bytesSource(base), bytesSource(next));
  process.stdout.write(`${name} ${createHash('sha256').update(patch).digest('hex')}\n`);
}
