import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Described } from '@slipway/core';

/** Size and SHA-256 of a file of any size, read a megabyte at a time. */
export function hashFile(path: string): Described {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1 << 20);
  const fd = openSync(path, 'r');
  let size = 0;
  try {
    for (;;) {
      const length = readSync(fd, chunk);
      if (length === 0) return { size, sha256: hash.digest('hex') };
      hash.update(chunk.subarray(0, length));
      size += length;
    }
  } finally {
    closeSync(fd);
  }
}
