/**
 * Every page of a signed Mach-O file against its hash. All of them, because the kernel checks a page when it is first
 * touched: one wrong hash in the middle kills the program some day, not at once.
 */
import { createHash } from 'node:crypto';
import { largestRead, malformed, type BoundedReader } from './bounded-reader.ts';
import type { CodeDirectory, HashKind } from './code-directory.ts';

export function digest(kind: HashKind, parts: Iterable<Uint8Array>): Uint8Array {
  const hash = createHash(kind.algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, kind.size);
}

/** Throws INSPECT_MALFORMED naming the first page whose bytes changed after signing. Memory: 1 MB and its hashes. */
export function checkPages(reader: BoundedReader, directory: CodeDirectory): void {
  const { codeLimit, hash, pageCount, pageSize } = directory;
  const batch = largestRead / pageSize;
  for (let first = 0; first < pageCount; first += batch) {
    const count = Math.min(batch, pageCount - first);
    const start = first * pageSize;
    const pages = reader.bytes(start, Math.min(count * pageSize, codeLimit - start), 'signed pages');
    const hashes = reader.bytes(directory.hashes + first * hash.size, count * hash.size, 'page hashes');
    for (let i = 0; i < count; i++) {
      const actual = digest(hash, [pages.subarray(i * pageSize, (i + 1) * pageSize)]);
      if (Buffer.compare(actual, hashes.subarray(i * hash.size, (i + 1) * hash.size)) !== 0) {
        malformed(`page ${first + i} of ${pageCount} changed after it was signed`, start + i * pageSize);
      }
    }
  }
}
