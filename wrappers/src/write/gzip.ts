/** A single file as gzip (RFC 1952), from blocks that are deflated already, or from bytes. */
import { crc32, deflateRawSync } from 'node:zlib';
import type { BlockCache } from './block-cache.ts';
import { compression } from './compression.ts';
import { compressedBlocks, deflateEnd, type Deflated } from './deflate-once.ts';

/** No name, no time, neither the best nor the fastest compression, unknown system: nothing of the builder's machine. */
export const gzipHeader = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** What ends a gzip stream: CRC-32 and size of what it inflates to. */
export function gzipTrailer(crc: number, size: number): Uint8Array {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  return trailer;
}

/** A deflated file, spliced: nothing is compressed again. Each piece is the caller's own, to be written when it likes. */
export function* gzipOf(deflated: Deflated, cache: BlockCache): Generator<Uint8Array> {
  yield gzipHeader;
  for (const block of compressedBlocks(deflated, cache)) yield Uint8Array.from(block);
  yield deflateEnd;
  yield gzipTrailer(deflated.crc32, deflated.size);
}

/** A small file. */
export function* gzipBytes(bytes: Uint8Array): Generator<Uint8Array> {
  yield gzipHeader;
  yield deflateRawSync(bytes, { level: compression.level });
  yield gzipTrailer(crc32(bytes), bytes.length);
}
