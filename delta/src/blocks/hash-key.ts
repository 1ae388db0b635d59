import { hashSize } from './block-index.ts';

/** A hash as a key of a Map: one character a byte. */
export function hashKey(hashes: Uint8Array, at: number): string {
  return String.fromCharCode(...hashes.subarray(at, at + hashSize));
}
