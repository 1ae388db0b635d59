import type { ByteSource } from '@slipway/core';
import { invalid } from './bytes.ts';
import type { Part } from './header.ts';
import { refillFrom } from './refill.ts';
import type { Kernel, KernelExports } from './kernel.ts';

/** A stretch of the new file that is copied, with changes, from `old` of the base after `literals` bytes of its own. */
export const coverWords = 3;
export const coverLimit = 1 << 20;

/** Covers in the kernel's memory: three words each (literals before it, length, offset in the base). */
export interface Covers {
  readonly at: number;
  readonly count: number;
  /** Literal bytes behind the last one. */
  readonly tail: number;
}

const zigzag = (value: number) => (value << 1) ^ (value >> 31);
const unzigzag = (value: number) => (value >>> 1) ^ -(value & 1);

/** How many earlier covers' distances a cover may be told by. */
const recentCount = 64;
const far = 1 << 13;

/**
 * Covers told by what came before: each as the literals before it, its length, and its place in the base, either relative
 * to the end of the cover before or, when that is far, by the distance (place in the base minus place in the new file) of
 * one of the covers before. The same code reads and writes: `cover` has the values to write, or takes those read.
 */
class CoverCoder {
  private readonly exports: KernelExports;
  private readonly recent = new Int32Array(recentCount);
  private seen = 0;
  private expected = 0;
  private position = 0;

  constructor(kernel: Kernel) { this.exports = kernel.exports; }

  /** Which of the recent distances is nearest, with the difference; none when all are far. */
  private nearest(distance: number): { readonly index: number; readonly difference: number } | undefined {
    for (let index = 0; index < Math.min(this.seen, recentCount); index++) {
      const difference = distance - (this.recent[(this.seen - 1 - index) % recentCount] ?? 0);
      if (Math.abs(difference) < far) return { index, difference };
    }
    return undefined;
  }

  cover(literals: number, length: number, old: number): { readonly literals: number; readonly length: number; readonly old: number } {
    const { exports } = this;
    const lead = exports.number(0, literals) >>> 0;
    const run = exports.number(1 + (lead === 0 ? 1 : 0), length) >>> 0;
    const here = this.position + lead;
    const ahead = old - this.expected - literals;
    const near = Math.abs(ahead) < far ? undefined : this.nearest(old - here);
    // 0: relative to the cover before; n: by the n-th distance back.
    const index = exports.number(3, near ? near.index + 1 : 0);
    if (index > recentCount) throw invalid('a cover refers too far back');
    let place: number;
    if (index === 0) place = this.expected + lead + unzigzag(exports.number(4, zigzag(ahead)));
    else place = here + (this.recent[(this.seen - index + recentCount * 4) % recentCount] ?? 0) + unzigzag(exports.number(5, zigzag(near?.difference ?? 0)));
    this.recent[this.seen % recentCount] = place - here;
    this.seen++;
    this.expected = place + run;
    this.position = here + run;
    return { literals: lead, length: run, old: place };
  }
}

/** The covers in the kernel's memory as bytes. */
export function writeCovers(kernel: Kernel, covers: Covers): Uint8Array {
  const parts: Uint8Array[] = [];
  kernel.host.flush = (bytes) => { parts.push(bytes); };
  kernel.exports.startNumbers();
  kernel.exports.startCoder(1);
  const words = kernel.words(covers.at, covers.count * coverWords);
  const coder = new CoverCoder(kernel);
  for (let i = 0; i < words.length; i += coverWords) coder.cover(words[i] ?? 0, words[i + 1] ?? 0, words[i + 2] ?? 0);
  kernel.exports.finishCoder();
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
  const coder = new CoverCoder(kernel);
  let left = nextSize;
  for (let i = 0; i < words.length; i += coverWords) {
    const { literals, length, old } = coder.cover(0, 0, 0);
    left -= literals + length;
    if (exports.coderOverrun() > 3) throw invalid('its covers end early');
    if (length === 0 || left < 0 || old < 0 || old + length > baseSize) throw invalid('a cover lies outside the files');
    words[i] = literals;
    words[i + 1] = length;
    words[i + 2] = old;
  }
  return { at, count, tail: left };
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return all;
}
