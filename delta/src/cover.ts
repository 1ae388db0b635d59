import type { ByteSource } from '@slipway/core';
import { invalid } from './bytes.ts';
import type { Part } from './header.ts';
import { refillFrom } from './refill.ts';
import type { Kernel } from './kernel.ts';

/** A stretch of the new file that is copied, with changes, from `old` of the base after `literals` bytes of its own. */
export const coverWords = 3;
export const coverLimit = 1 << 21;

/** Covers in the kernel's memory: three words each (literals before it, length, offset in the base). */
export interface Covers {
  readonly at: number;
  readonly count: number;
  /** Literal bytes behind the last one. */
  readonly tail: number;
}

const zigzag = (value: number) => (value << 1) ^ (value >> 31);
const unzigzag = (value: number) => (value >>> 1) ^ -(value & 1);

/** Code the covers as numbers; when decoding, `covers.count` is what the header said. */
export function writeCovers(kernel: Kernel, covers: Covers): Uint8Array {
  const parts: Uint8Array[] = [];
  kernel.host.flush = (bytes) => { parts.push(bytes); };
  const { exports } = kernel;
  exports.startNumbers();
  exports.startCoder(1);
  const words = kernel.words(covers.at, covers.count * coverWords);
  let expected = 0;
  for (let i = 0; i < words.length; i += coverWords) {
    const [literals = 0, length = 0, old = 0] = words.subarray(i, i + 3);
    exports.number(0, literals);
    exports.number(1, length);
    exports.number(2, zigzag(old - expected - literals));
    expected = old + length;
  }
  exports.finishCoder();
  return concat(parts);
}

/** Read covers; everything they promise is checked: they fill the part and stay within its base. */
export function readCovers(kernel: Kernel, patch: ByteSource, from: number, part: Part): Covers {
  const { exports } = kernel;
  const { coverCount: count, baseSize, nextSize } = part;
  refillFrom(kernel, patch, from, part.coversSize);
  exports.startNumbers();
  exports.startCoder(0);
  const at = kernel.allocate(count * coverWords * 4);
  const words = kernel.words(at, count * coverWords);
  let expected = 0;
  let left = nextSize;
  for (let i = 0; i < words.length; i += coverWords) {
    const literals = exports.number(0, 0) >>> 0;
    const length = exports.number(1, 0) >>> 0;
    const old = expected + literals + unzigzag(exports.number(2, 0));
    left -= literals + length;
    if (exports.coderOverrun() > 3) throw invalid('the covers end early');
    if (length === 0 || left < 0 || old < 0 || old + length > baseSize) throw invalid('a cover lies outside the files');
    words[i] = literals;
    words[i + 1] = length;
    words[i + 2] = old;
    expected = old + length;
  }
  return { at, count, tail: left };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}
