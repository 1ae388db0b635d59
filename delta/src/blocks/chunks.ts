import type { ByteSource } from '@slipway/core';

/** How a file is cut. Both sides of a comparison must cut alike, so an index carries these numbers. */
export interface Cut {
  /** Bytes of the smallest chunk; only the last one of a file may be smaller. */
  readonly min: number;
  /** Binary logarithm of the size around which chunks lie. */
  readonly averageBits: number;
  /** Bytes of the largest chunk. */
  readonly max: number;
}

/** For executables: small enough to miss little around a change, large enough to compress. */
export const defaultCut: Cut = { min: 16 * 1024, averageBits: 16, max: 256 * 1024 };

export interface Chunk {
  readonly offset: number;
  /** A view, valid until the next chunk. */
  readonly bytes: Uint8Array;
}

/** Bytes that are read at once; a chunk that crosses the end of them is read again. */
const windowSize = 4 * 1024 * 1024;

/**
 * Cut a file where its content says so, so that bytes that moved are cut as before (docs/formats/blocks.md, "Where a file
 * is cut"): FastCDC's two masks (Xia and others, USENIX ATC 2016), with 32-bit sums, which JavaScript adds fast.
 */
export function* cutChunks(source: ByteSource, cut: Cut): Generator<Chunk, void, void> {
  let start = 0;
  let window: Uint8Array = new Uint8Array();
  for (let offset = 0; offset < source.size; ) {
    const whole = offset + cut.max <= source.size;
    if (start + window.length < (whole ? offset + cut.max : source.size)) {
      window = source.read(offset, Math.min(Math.max(windowSize, cut.max), source.size - offset));
      start = offset;
    }
    const bytes = window.subarray(offset - start, offset - start + chunkLength(window, offset - start, cut));
    yield { offset, bytes };
    offset += bytes.length;
  }
}

/** Length of the chunk that begins at `from`; what follows in `bytes` is at least a largest chunk, or the file's end. */
function chunkLength(bytes: Uint8Array, from: number, { min, averageBits, max }: Cut): number {
  const end = Math.min(bytes.length, from + max);
  const average = Math.min(end, from + 2 ** averageBits);
  let sum = 0;
  let at = from + min;
  for (const [until, bits] of [[average, averageBits + 1], [end, averageBits - 1]] as const) {
    const shift = 32 - bits;
    for (; at < until; at += 1) {
      sum = ((sum << 1) + (gear[bytes[at] ?? 0] ?? 0)) | 0;
      if (sum >>> shift === 0) return at + 1 - from;
    }
  }
  return end - from;
}

/** One number for each byte: the finaliser of MurmurHash3 over multiples of the golden ratio. */
export const gear = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = Math.imul(byte + 1, 0x9e3779b9);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
});
