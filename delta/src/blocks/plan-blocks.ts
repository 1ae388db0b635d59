import type { ByteSource } from '@slipway/core';
import type { DeltaPorts } from '../sha256.ts';
import { hashSize, type BlockIndex } from './block-index.ts';
import { cutChunks } from './chunks.ts';
import { hashKey } from './hash-key.ts';
import { chunkHash } from './make-blocks.ts';

/** Bytes of the block file, fetched with one single-range request: many servers answer several ranges wrongly. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface BlockPlan {
  /** For each block the number of the local file that has it, or -1 where it is fetched, and its offset there. */
  readonly holders: Int32Array;
  readonly places: Float64Array;
  /** Ascending, apart by more than the gap that is worth a request of its own. */
  readonly ranges: readonly ByteRange[];
  /** Bytes of all ranges. */
  readonly fetchBytes: number;
  /** Bytes of the next file that no request is needed for. */
  readonly reusedBytes: number;
}

/** Bytes between two ranges that cost less than another request. */
const worthwhileGap = 64 * 1024;

/**
 * Find the blocks that local files already have (older versions, a damaged copy), and the ranges of the block file to
 * fetch for the rest. Earlier files are asked first. Memory: the index and one chunk.
 */
export function planBlocks(ports: DeltaPorts, index: BlockIndex, locals: readonly ByteSource[]): BlockPlan {
  const wanted = new Map<string, number>();
  index.sizes.forEach((_, block) => wanted.set(hashKey(index.hashes, block * hashSize), block));
  const holders = new Int32Array(index.sizes.length).fill(-1);
  const places = new Float64Array(index.sizes.length);
  const lengths = new Set(index.sizes);
  for (const [holder, local] of locals.entries()) {
    if (wanted.size === 0) break;
    for (const { offset, bytes } of cutChunks(local, index.cut)) {
      if (!lengths.has(bytes.length)) continue;
      const key = hashKey(chunkHash(ports, bytes), 0);
      const block = wanted.get(key);
      if (block === undefined || index.sizes[block] !== bytes.length) continue;
      wanted.delete(key);
      holders[block] = holder;
      places[block] = offset;
    }
  }
  const ranges = missingRanges(index, holders);
  return {
    holders, places, ranges,
    fetchBytes: ranges.reduce((total, { length }) => total + length, 0),
    reusedBytes: index.sequence.reduce((total, block) => total + ((holders[block] ?? -1) < 0 ? 0 : index.sizes[block] ?? 0), 0),
  };
}

function missingRanges({ offsets, packedSizes }: BlockIndex, holders: Int32Array): readonly ByteRange[] {
  const ranges: { offset: number; length: number }[] = [];
  holders.forEach((holder, block) => {
    if (holder >= 0) return;
    const [offset, length] = [offsets[block] ?? 0, packedSizes[block] ?? 0];
    const last = ranges.at(-1);
    if (last !== undefined && offset - last.offset - last.length <= worthwhileGap) last.length = offset + length - last.offset;
    else ranges.push({ offset, length });
  });
  return ranges;
}
