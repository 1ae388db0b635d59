/**
 * One pass of the compressor and nothing else: the blocks that standard input lists, read and deflated as Slipway
 * deflates them, on as many threads; the result is dropped.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { compression } from '../../wrappers/src/write/compression.ts';
import type { Block } from './blocks.ts';

const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: object) => Promise<Uint8Array>;
const blocks = JSON.parse(await text(process.stdin)) as Block[];
const files = new Map<string, FileHandle>();
for (const { path } of blocks) if (!files.has(path)) files.set(path, await open(path, 'r'));

async function lane(): Promise<void> {
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const bytes = new Uint8Array(block.length);
    await files.get(block.path)?.read(bytes, 0, block.length, block.offset);
    await deflate(bytes, compression);
  }
}
await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
for (const file of files.values()) await file.close();
