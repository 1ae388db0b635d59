import type { ByteSource } from '@slipway/core';
import type { Kernel } from './kernel.ts';
import { loader } from './load.ts';

const blockBytes = 4096;
const chunkBytes = 1 << 20;
/** Equal stretches shorter than this are left to the matcher. */
const shortest = 1 << 16;

/** A stretch of a file. */
export interface Stretch { readonly from: number; readonly until: number }

/** The large stretches that both files have at the same offsets, in blocks of 4 kB. */
export function equalStretches(kernel: Kernel, base: ByteSource, next: ByteSource): readonly Stretch[] {
  const mark = kernel.mark;
  const a = kernel.allocate(chunkBytes);
  const b = kernel.allocate(chunkBytes);
  const [loadBase, loadNext] = [loader(base, 0, base.size), loader(next, 0, next.size)];
  const size = Math.min(base.size, next.size);
  const found: Stretch[] = [];
  let from = 0;
  const close = (until: number) => { if (until - from >= shortest) found.push({ from, until }); };
  for (let at = 0; at < size; at += chunkBytes) {
    const length = Math.min(chunkBytes, size - at);
    loadBase(at, kernel.bytes(a, length));
    loadNext(at, kernel.bytes(b, length));
    for (let i = 0; i < length;) {
      const run = kernel.exports.equalBytes(a + i, b + i, length - i);
      if (i + run === length) break;
      close(at + i + run);
      // A block that differs is not looked at closely.
      i = Math.min(length, Math.floor((i + run) / blockBytes + 1) * blockBytes);
      from = at + i;
    }
  }
  close(size);
  kernel.release(mark);
  return found;
}

/** What lies between the stretches. */
export function between(stretches: readonly Stretch[], size: number): readonly Stretch[] {
  const gaps: Stretch[] = [];
  let end = 0;
  for (const { from, until } of [...stretches, { from: size, until: size }]) {
    if (from > end) gaps.push({ from: end, until: from });
    end = until;
  }
  return gaps;
}

export function lengthOf(stretches: readonly Stretch[]): number { return stretches.reduce((sum, { from, until }) => sum + until - from, 0); }
