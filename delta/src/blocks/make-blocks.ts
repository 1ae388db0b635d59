import { SlipwayError, type ByteSource } from '@slipway/core';
import type { DeltaPorts } from '../sha256.ts';
import { blockFileMagic, encodeBlockIndex, hashSize, limits } from './block-index.ts';
import { cutChunks, defaultCut, type Cut } from './chunks.ts';
import type { BlockCodec } from './codec.ts';
import { hashKey } from './hash-key.ts';

/**
 * Make the block file of a file: yields its bytes in order, for the caller to write, and returns the index. Memory: the
 * index, and one chunk. Throws BLOCKS_INVALID for a file of more blocks than an index may have.
 */
export function* makeBlocks(ports: DeltaPorts, next: ByteSource, codec: BlockCodec, cut: Cut = defaultCut): Generator<Uint8Array, Uint8Array, void> {
  const known = new Map<string, number>();
  const hashes: Uint8Array[] = [];
  const [sizes, packedSizes, sequence]: [number[], number[], number[]] = [[], [], []];
  const whole = ports.sha256();
  yield blockFileMagic;
  for (const { bytes } of cutChunks(next, cut)) {
    whole.update(bytes);
    const hash = chunkHash(ports, bytes);
    const key = hashKey(hash, 0);
    const block = known.get(key) ?? sizes.length;
    sequence.push(block);
    if (block === limits.blocks || sequence.length - sizes.length > limits.repeats) throw new SlipwayError('BLOCKS_INVALID', `a file of ${next.size} bytes has more than ${limits.blocks} blocks`, { hint: 'Cut it into larger chunks.' });
    if (block < sizes.length) continue;
    known.set(key, block);
    const packed = codec.pack(bytes);
    const kept = packed.length < bytes.length ? packed : bytes;
    hashes.push(hash);
    sizes.push(bytes.length);
    packedSizes.push(kept.length);
    yield kept;
  }
  return encodeBlockIndex(ports, {
    codec: codec.id, cut, nextSize: next.size, nextSha256: whole.digest(), hashes: concatenated(hashes),
    sizes: Uint32Array.from(sizes), packedSizes: Uint32Array.from(packedSizes), sequence: Uint32Array.from(sequence),
  });
}

/** What stands for a chunk's bytes. */
export function chunkHash(ports: DeltaPorts, bytes: Uint8Array): Uint8Array {
  const hasher = ports.sha256();
  hasher.update(bytes);
  return hasher.digest().subarray(0, hashSize);
}

function concatenated(hashes: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(hashes.length * hashSize);
  hashes.forEach((hash, at) => all.set(hash, at * hashSize));
  return all;
}
