/**
 * Compressed blocks on disk, each named by the hash of what it inflates to, so that a rebuild compresses only the
 * blocks that changed and two programs on one runtime share nearly all of theirs. A block file is the compressed
 * bytes followed by their CRC-32: a damaged one is noticed when it is read and made anew.
 */
import { appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, crc32, inflateRawSync } from 'node:zlib';
import { ioError } from '@slipway/core';

export interface BlockCache {
  /** The compressed bytes of a block, in `buffer` if they fit; undefined where there are none that hold together. */
  get(key: string, buffer: Buffer): Uint8Array | undefined;
  put(key: string, compressed: Uint8Array): void;
}

/**
 * A cache in a folder that only its owner writes. `generation` names the compressor, so another one starts afresh;
 * `work` is a private folder on the same file system.
 */
export function openBlockCache(folder: string, generation: string, work: string): BlockCache {
  const pathOf = (key: string): string => join(folder, generation, key.slice(0, 2), key);
  return {
    get(key, buffer) {
      const file = readInto(buffer, pathOf(key));
      if (file === undefined) return undefined;
      const body = file.subarray(0, -4);
      return file.length > 4 && crc32(body) === file.readUInt32LE(file.length - 4) ? body : undefined;
    },
    put(key, compressed) {
      const path = pathOf(key);
      const trailer = Buffer.alloc(4);
      trailer.writeUInt32LE(crc32(compressed));
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(join(work, key), compressed, { mode: 0o600 });
        appendFileSync(join(work, key), trailer);
        renameSync(join(work, key), path);
      } catch (error) {
        throw ioError(error, `write ${path}`);
      }
    },
  };
}

/** A whole file; undefined where there is none. In memory that is there already: fresh pages cost more than the reading. */
function readInto(buffer: Buffer, path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const file = size <= buffer.length ? buffer.subarray(0, size) : Buffer.allocUnsafe(size);
    return file.subarray(0, readSync(fd, file, 0, size, 0));
  } finally {
    closeSync(fd);
  }
}

/** Inflate a fresh block and compare: a block enters the cache only when it is known to give its bytes back. */
export function provesRight(compressed: Uint8Array, plain: Uint8Array): boolean {
  // The block has no final bit. One piece of output that has room to spare: zlib puts several together by copying.
  const inflated = inflateRawSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: plain.length + 64 });
  return inflated.length === plain.length && Buffer.compare(inflated, plain) === 0;
}
