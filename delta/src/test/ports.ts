import { createHash, type Hash } from 'node:crypto';
import { applyPatch } from '../apply.ts';
import type { DeltaPorts, Hasher } from '../sha256.ts';
import { bytesSource } from '@slipway/core';

function wrapped(hash: Hash): Hasher {
  return { update: (bytes) => { hash.update(bytes); }, copy: () => wrapped(hash.copy()), digest: () => new Uint8Array(hash.digest()) };
}

/** The ports on the runtime that runs the test. */
export const ports: DeltaPorts = { sha256: () => wrapped(createHash('sha256')) };

/** Everything that a patch makes. */
export function applied(patch: Uint8Array, base: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { bytes } of applyPatch(ports, bytesSource(patch), bytesSource(base))) parts.push(bytes.slice());
  return new Uint8Array(Buffer.concat(parts));
}
