/**
 * One SHA-256 of each file that the command line names, and nothing else.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { blockSize } from './blocks.ts';

const bytes = Buffer.allocUnsafe(blockSize);
for (const path of process.argv.slice(2)) {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  for (let length = readSync(file, bytes); length > 0; length = readSync(file, bytes)) hash.update(bytes.subarray(0, length));
  closeSync(file);
  hash.digest();
}
