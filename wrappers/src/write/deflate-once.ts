/**
 * Deflate a file once and use the same compressed bytes in every container.
 *
 * The file is cut into blocks of 1 MiB, each deflated on its own and ended by a sync flush (RFC 1951 §3.2.4: an empty
 * stored block, which also aligns to a byte). Such blocks can be put one after another in any deflate stream, at any
 * byte boundary, because none refers to bytes before itself. The loss against one stream is about 0.2%.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { SlipwayError } from '@slipway/core';
import { crc32Combine } from '../format/crc32-combine.ts';
import { headLength, type KnownSpan } from '../read/span-memory.ts';
import { provesRight, type BlockCache } from './block-cache.ts';
import { blockSize, compression } from './compression.ts';

/** A block that does not compress grows by a few bytes in 16 kB. */
const largestBlock = blockSize + (1 << 16);

/** A file that has been deflated: what a container's headers need, and where the compressed blocks are. */
export interface Deflated {
  readonly size: number;
  readonly sha256: string;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly blocks: readonly string[];
}

/** How many bytes went through the compressor: in one run, each distinct block at most once. */
export interface DeflateCount {
  deflatedBytes: number;
}

interface Block {
  readonly key: string;
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;

/**
 * Read `path` once, from start to end: hash, CRC and compress in the same pass, `width` blocks at a time on zlib's
 * thread pool. Memory is about `2 × width` MB, whatever the size of the file.
 */
export async function deflateOnce(path: string, cache: BlockCache, width: number, count: DeflateCount): Promise<Deflated> {
  const hash = createHash('sha256');
  const blocks: Promise<Block>[] = [];
  const buffer = Buffer.allocUnsafe(largestBlock);
  // Fresh memory for each block would cost as much as reading it: a block takes that of the one that is done by then.
  const plains = Array.from({ length: width }, () => new Uint8Array(blockSize));
  const file = await open(path, 'r');
  try {
    for (;;) {
      if (blocks.length >= width) await blocks[blocks.length - width];
      const plain = plains[blocks.length % width] as Uint8Array;
      const { bytesRead } = await readFully(file, plain);
      if (bytesRead === 0) break;
      const bytes = plain.subarray(0, bytesRead);
      hash.update(bytes);
      const next = block(bytes, cache, buffer, count);
      next.catch(() => undefined); // awaited below; a failure must not count as unhandled before that
      blocks.push(next);
    }
    return summarise(await Promise.all(blocks), hash.digest('hex'));
  } finally {
    await Promise.allSettled(blocks);
    await file.close();
  }
}

async function readFully(file: Awaited<ReturnType<typeof open>>, into: Uint8Array): Promise<{ bytesRead: number }> {
  let bytesRead = 0;
  while (bytesRead < into.length) {
    const step = await file.read(into, bytesRead, into.length - bytesRead, null);
    if (step.bytesRead === 0) break;
    bytesRead += step.bytesRead;
  }
  return { bytesRead };
}

async function block(plain: Uint8Array, cache: BlockCache, buffer: Buffer, count: DeflateCount): Promise<Block> {
  const key = createHash('sha256').update(plain).digest('hex');
  const about = { key, crc: crc32(plain), size: plain.length };
  const cached = cache.get(key, buffer);
  if (cached !== undefined) return { ...about, compressedSize: cached.length };
  const compressed = await deflate(plain, compression);
  count.deflatedBytes += plain.length;
  if (!provesRight(compressed, plain)) throw new SlipwayError('INTERNAL', `a deflated block of ${plain.length} bytes does not inflate to itself`);
  cache.put(key, compressed);
  return { ...about, compressedSize: compressed.length };
}

function summarise(blocks: readonly Block[], sha256: string): Deflated {
  let size = 0;
  let crc = 0;
  let compressedSize = 0;
  for (const one of blocks) {
    crc = crc32Combine(crc, one.crc, one.size);
    size += one.size;
    compressedSize += one.compressedSize;
  }
  return { size, sha256, crc32: crc, compressedSize, blocks: blocks.map((one) => one.key) };
}

/** The compressed bytes of a deflated file, one block in memory at a time: the next takes the place of the last. */
export function* compressedBlocks(deflated: Deflated, cache: BlockCache): Generator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(largestBlock);
  for (const key of deflated.blocks) {
    const bytes = cache.get(key, buffer);
    if (bytes === undefined) throw new SlipwayError('IO_FAILED', `block ${key} has vanished from the cache or is damaged`, { hint: 'Run the command again: damaged blocks are made anew.' });
    yield bytes;
  }
}

/** What `verify` may take as known: every block of it was inflated by itself and compared before it was cached. */
export function provenSpan(deflated: Deflated, cache: BlockCache): KnownSpan {
  const { size, sha256, crc32: crc } = deflated;
  let head = Buffer.alloc(0);
  for (const bytes of compressedBlocks(deflated, cache)) {
    head = Buffer.concat([head, bytes]).subarray(0, headLength);
    if (head.length === headLength) break;
  }
  return { size, sha256, crc32: crc, head, goOver: (file) => file.skipEqual(compressedBlocks(deflated, cache)) };
}

/** RFC 1951: an empty final block with fixed codes ends a stream of blocks that have no final bit. */
export const deflateEnd = new Uint8Array([0x03, 0x00]);
