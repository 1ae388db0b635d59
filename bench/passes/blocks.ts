import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** A stretch of a file. */
export interface Block {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

export const blockSize = 1 << 20;

/** The blocks of these files that differ from all before them: what has to be compressed once, and no more. */
export function distinctBlocks(paths: readonly string[]): readonly Block[] {
  const seen = new Set<string>();
  const blocks: Block[] = [];
  const bytes = Buffer.allocUnsafe(blockSize);
  for (const path of paths) {
    const file = openSync(path, 'r');
    for (let offset = 0, length = readSync(file, bytes); length > 0; offset += length, length = readSync(file, bytes)) {
      const key = createHash('sha256').update(bytes.subarray(0, length)).digest('hex');
      if (!seen.has(key)) blocks.push({ path, offset, length });
      seen.add(key);
    }
    closeSync(file);
  }
  return blocks;
}

export function totalLength(blocks: readonly Block[]): number {
  return blocks.reduce((total, { length }) => total + length, 0);
}
