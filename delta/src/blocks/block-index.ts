/**
 * The block index: what a file is made of, and where each block lies in the block file. docs/formats/blocks.md is the
 * format; numbers are little-endian and of fixed width, so that the reader knows every size before it allocates.
 */
import { SlipwayError } from '@slipway/core';
import type { DeltaPorts } from '../sha256.ts';
import type { Cut } from './chunks.ts';
import { codecNames } from './codec.ts';

export interface BlockIndex {
  readonly codec: number;
  readonly cut: Cut;
  readonly nextSize: number;
  readonly nextSha256: Uint8Array;
  /** Sixteen bytes a block: the beginning of its SHA-256. */
  readonly hashes: Uint8Array;
  /** Bytes of each block, and of what the block file has for it; equal where it is stored as it is. */
  readonly sizes: Uint32Array;
  readonly packedSizes: Uint32Array;
  /** Where each block begins in the block file. */
  readonly offsets: Float64Array;
  /** The blocks of the file, in its order. */
  readonly sequence: Uint32Array;
}

export const hashSize = 16;
/** "slipidx" and "slipblk", each followed by the version. */
const indexMagic = Uint8Array.of(0x73, 0x6c, 0x69, 0x70, 0x69, 0x64, 0x78);
export const blockFileMagic = Uint8Array.of(0x73, 0x6c, 0x69, 0x70, 0x62, 0x6c, 0x6b, 1);
const version = 1;
const headSize = 80;
const recordSize = hashSize + 8;
const repeatSize = 8;
const checkSize = 32;

/** What a reader accepts; a writer makes nothing beyond it. */
export const limits = { blocks: 2 ** 20, repeats: 2 ** 20, chunk: 2 ** 24, file: 2 ** 40 } as const;
/** Bytes of the largest index: whoever fetches one can refuse more unseen. */
export const indexSizeLimit = headSize + limits.blocks * recordSize + limits.repeats * repeatSize + checkSize;

export function encodeBlockIndex(ports: DeltaPorts, index: Omit<BlockIndex, 'offsets'>): Uint8Array {
  const { sizes, packedSizes, hashes, cut } = index;
  const repeats = repeatsOf(index.sequence);
  const bytes = new Uint8Array(headSize + sizes.length * recordSize + repeats.length * repeatSize + checkSize);
  const view = new DataView(bytes.buffer);
  bytes.set(indexMagic);
  bytes.set([version, index.codec, cut.averageBits], 7);
  for (const [at, value] of [[12, cut.min], [16, cut.max], [20, sizes.length], [24, repeats.length]] as const) view.setUint32(at, value, true);
  view.setBigUint64(32, BigInt(index.nextSize), true);
  view.setBigUint64(40, BigInt(packedSizes.reduce((total, size) => total + size, blockFileMagic.length)), true);
  bytes.set(index.nextSha256, 48);
  sizes.forEach((size, block) => {
    const at = headSize + block * recordSize;
    bytes.set(hashes.subarray(block * hashSize, (block + 1) * hashSize), at);
    view.setUint32(at + hashSize, size, true);
    view.setUint32(at + hashSize + 4, packedSizes[block] ?? 0, true);
  });
  repeats.forEach(([position, block], row) => {
    const at = headSize + sizes.length * recordSize + row * repeatSize;
    view.setUint32(at, position, true);
    view.setUint32(at + 4, block, true);
  });
  bytes.set(digest(ports, bytes.subarray(0, -checkSize)), bytes.length - checkSize);
  return bytes;
}

/** Throws BLOCKS_VERSION for a later format, BLOCKS_INVALID for anything that is not a whole index. */
export function decodeBlockIndex(ports: DeltaPorts, bytes: Uint8Array): BlockIndex {
  const head = readHead(ports, bytes);
  const { blockCount, repeatCount, view } = head;
  const hashes = new Uint8Array(blockCount * hashSize);
  const [sizes, packedSizes, offsets] = [new Uint32Array(blockCount), new Uint32Array(blockCount), new Float64Array(blockCount)];
  let offset = blockFileMagic.length;
  for (let block = 0; block < blockCount; block += 1) {
    const at = headSize + block * recordSize;
    const [size, packed] = [view.getUint32(at + hashSize, true), view.getUint32(at + hashSize + 4, true)];
    if (size === 0 || size > head.cut.max || packed === 0 || packed > size) throw invalid(`block ${block} has ${packed} of ${size} bytes`);
    hashes.set(bytes.subarray(at, at + hashSize), block * hashSize);
    sizes[block] = size;
    packedSizes[block] = packed;
    offsets[block] = offset;
    offset += packed;
  }
  if (offset !== head.blockFileSize) throw invalid(`its blocks end at ${offset} and the block file at ${head.blockFileSize}`);
  const sequence = readSequence(view, headSize + blockCount * recordSize, blockCount, repeatCount);
  const made = sequence.reduce((total, block) => total + (sizes[block] ?? 0), 0);
  if (made !== head.nextSize) throw invalid(`its blocks make ${made} bytes and the file has ${head.nextSize}`);
  return { codec: head.codec, cut: head.cut, nextSize: head.nextSize, nextSha256: bytes.slice(48, headSize), hashes, sizes, packedSizes, offsets, sequence };
}

/** Bytes of the block file that an index belongs to. */
export function blockFileSize({ offsets, packedSizes }: BlockIndex): number {
  const last = offsets.length - 1;
  return last < 0 ? blockFileMagic.length : (offsets[last] ?? 0) + (packedSizes[last] ?? 0);
}

interface Head {
  readonly view: DataView;
  readonly codec: number;
  readonly cut: Cut;
  readonly blockCount: number;
  readonly repeatCount: number;
  readonly nextSize: number;
  readonly blockFileSize: number;
}

function readHead(ports: DeltaPorts, bytes: Uint8Array): Head {
  if (bytes.length < 8 || indexMagic.some((byte, at) => byte !== bytes[at])) throw invalid('it does not begin like one');
  if (bytes[7] !== version) throw new SlipwayError('BLOCKS_VERSION', `the block index has format ${bytes[7]}, this program reads format ${version}`);
  if (bytes.length < headSize + checkSize) throw invalid(`it ends after ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [codec = 0, averageBits = 0] = bytes.subarray(8, 10);
  const [min, max, blockCount, repeatCount] = [view.getUint32(12, true), view.getUint32(16, true), view.getUint32(20, true), view.getUint32(24, true)];
  const [nextSize, fileSize] = [Number(view.getBigUint64(32, true)), Number(view.getBigUint64(40, true))];
  if (blockCount > limits.blocks || repeatCount > limits.repeats || nextSize > limits.file) throw invalid(`it has ${blockCount} blocks, ${repeatCount} repeats and a file of ${nextSize} bytes`);
  if (bytes.length !== headSize + blockCount * recordSize + repeatCount * repeatSize + checkSize) throw invalid(`${blockCount} blocks and ${repeatCount} repeats do not fill its ${bytes.length} bytes`);
  const check = digest(ports, bytes.subarray(0, -checkSize));
  if (check.some((byte, at) => byte !== bytes[bytes.length - checkSize + at])) throw invalid('it does not hash as it says');
  if (codecNames[codec] === undefined) throw invalid(`its compression ${codec} is none that there is`);
  if (min < 1 || averageBits < 6 || averageBits > 24 || min > 2 ** averageBits || 2 ** averageBits > max || max > limits.chunk) throw invalid(`it cuts chunks of ${min}, 2^${averageBits} and ${max} bytes`);
  return { view, codec, cut: { min, averageBits, max }, blockCount, repeatCount, nextSize, blockFileSize: fileSize };
}

/** Every position that is not a repeat holds the next block that is not in the file yet. */
function readSequence(view: DataView, from: number, blockCount: number, repeatCount: number): Uint32Array {
  const sequence = new Uint32Array(blockCount + repeatCount);
  let fresh = 0;
  let filled = 0;
  for (let row = 0; row < repeatCount; row += 1) {
    const [position, block] = [view.getUint32(from + row * repeatSize, true), view.getUint32(from + row * repeatSize + 4, true)];
    if (position < filled || position >= sequence.length || fresh + position - filled > blockCount) throw invalid(`repeat ${row} is at position ${position}`);
    while (filled < position) sequence[filled++] = fresh++;
    if (block >= fresh) throw invalid(`repeat ${row} is of block ${block} after ${fresh} blocks`);
    sequence[filled++] = block;
  }
  while (filled < sequence.length) sequence[filled++] = fresh++;
  return sequence;
}

function repeatsOf(sequence: Uint32Array): readonly (readonly [number, number])[] {
  const repeats: [number, number][] = [];
  let fresh = 0;
  sequence.forEach((block, position) => {
    if (block === fresh) fresh += 1;
    else repeats.push([position, block]);
  });
  return repeats;
}

function digest(ports: DeltaPorts, bytes: Uint8Array): Uint8Array {
  const hasher = ports.sha256();
  hasher.update(bytes);
  return hasher.digest();
}

function invalid(reason: string): SlipwayError {
  return new SlipwayError('BLOCKS_INVALID', `the block index is damaged: ${reason}`);
}
