import { SlipwayError, type ByteSource } from '@slipway/core';
import type { DeltaPorts } from '../sha256.ts';
import { hashSize, type BlockIndex } from './block-index.ts';
import { codecNames, type BlockCodec } from './codec.ts';
import { chunkHash } from './make-blocks.ts';
import type { BlockPlan } from './plan-blocks.ts';

export interface Rebuilding {
  readonly index: BlockIndex;
  readonly plan: BlockPlan;
  /** The files that the plan was made with, in the same order. */
  readonly locals: readonly ByteSource[];
  /** The block file, of which only the plan's ranges are read. */
  readonly blockFile: ByteSource;
  readonly codec: BlockCodec;
}

/**
 * Yields the next file piece by piece, each checked against its hash, and returns when the whole SHA-256 matched. Memory:
 * one block. Throws BLOCKS_MISMATCH for bytes that are not what the index says, fetched or local, and BLOCKS_INVALID when
 * the index names another compression. A piece may be a view that is valid until the next step.
 */
export function* rebuild(ports: DeltaPorts, task: Rebuilding): Generator<Uint8Array, void, void> {
  const { index, codec } = task;
  if (codec.id !== index.codec) throw new SlipwayError('BLOCKS_INVALID', `the blocks are packed with ${codecNames[index.codec]}, not with ${codecNames[codec.id] ?? codec.id}`);
  const whole = ports.sha256();
  let last: { readonly block: number; readonly bytes: Uint8Array } | undefined;
  for (const block of index.sequence) {
    if (last?.block !== block) last = { block, bytes: verifiedBlock(ports, task, block) }; // long runs repeat one block
    whole.update(last.bytes);
    yield last.bytes;
  }
  if (whole.digest().some((byte, at) => byte !== index.nextSha256[at])) throw new SlipwayError('BLOCKS_MISMATCH', 'every block is as the index says, but the whole file is not');
}

function verifiedBlock(ports: DeltaPorts, { index, plan, locals, blockFile, codec }: Rebuilding, block: number): Uint8Array {
  const size = index.sizes[block] ?? 0;
  const local = locals[plan.holders[block] ?? -1];
  const from = local === undefined ? `the block file at ${index.offsets[block]}` : `local file ${plan.holders[block]} at ${plan.places[block]}`;
  const bytes = local === undefined ? fetchedBlock(index, blockFile, codec, block) : within(local, plan.places[block] ?? 0, size);
  const hash = bytes === undefined || bytes.length !== size ? undefined : chunkHash(ports, bytes);
  if (bytes === undefined || hash?.every((byte, at) => byte === index.hashes[block * hashSize + at]) !== true) throw new SlipwayError('BLOCKS_MISMATCH', `block ${block}, ${size} bytes from ${from}, is not what the index says`);
  return bytes;
}

/** Undefined for bytes that do not unpack. */
function fetchedBlock(index: BlockIndex, blockFile: ByteSource, codec: BlockCodec, block: number): Uint8Array | undefined {
  const [size = 0, packedSize = 0] = [index.sizes[block], index.packedSizes[block]];
  const packed = within(blockFile, index.offsets[block] ?? 0, packedSize);
  if (packed === undefined || packedSize === size) return packed;
  try {
    return codec.unpack(packed, size);
  } catch {
    return undefined; // whatever the library calls it, these are not the bytes that were packed
  }
}

/** Undefined when the file has become shorter. */
function within(source: ByteSource, offset: number, length: number): Uint8Array | undefined {
  return offset + length <= source.size ? source.read(offset, length) : undefined;
}
