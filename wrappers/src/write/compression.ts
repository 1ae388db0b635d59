/**
 * How blocks are compressed. Apart, so that whoever measures one pass of the compressor measures this one.
 */
import { constants } from 'node:zlib';

export const blockSize = 1 << 20;

/**
 * Options of deflateRaw. Level 9 takes half as long again, for packages that are 1.6% smaller. Output comes in one
 * piece: zlib puts several together by copying.
 */
export const compression = { level: 8, chunkSize: blockSize, finishFlush: constants.Z_SYNC_FLUSH } as const;

/** Part of the cache's path: another block size, level or zlib gives other bytes. */
export const compressor = `deflate-${compression.level}-${blockSize}-${process.versions['bun'] === undefined ? `node-${process.versions['zlib']}` : `bun-${process.versions['bun']}`}`;
