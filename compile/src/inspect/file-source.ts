/**
 * A file as a source of bytes. Executables are 100 MB and parsers are full of small reads, so small ones are served
 * from a window and large ones go straight to the file: page after page can be hashed beside a table of hashes without
 * the two throwing each other's window away.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SlipwayError, type ByteSource } from '@slipway/core';

const windowSize = 1 << 20;
/** Above this a read passes the window by. */
const smallRead = 1 << 16;

/**
 * Open a file for random access. Memory: one window of 1 MB, and whatever one read asks for. The bytes of a read are
 * the caller's own: later reads do not change them. Throws FILE_MISSING or IO_FAILED.
 */
export function openFileSource(path: string): ByteSource & { close(): void } {
  const fd = attempt(path, () => openSync(path, 'r'));
  const size = attempt(path, () => regularSize(fd, path));
  const buffered = Buffer.alloc(Math.min(windowSize, size));
  let start = 0;
  let end = 0;

  const fromWindow = (offset: number, length: number): Uint8Array => {
    if (offset < start || offset + length > end) {
      start = offset;
      end = offset + Math.min(buffered.length, size - offset);
      readFully(fd, path, buffered.subarray(0, end - start), offset);
    }
    return Uint8Array.prototype.slice.call(buffered, offset - start, offset - start + length);
  };

  return {
    size,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
        throw new RangeError(`bytes ${offset}+${length} lie outside ${size}`);
      }
      if (length <= smallRead) return fromWindow(offset, length);
      const bytes = new Uint8Array(length);
      readFully(fd, path, bytes, offset);
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

function regularSize(fd: number, path: string): number {
  const stat = fstatSync(fd);
  if (!stat.isFile()) throw new SlipwayError('FILE_MISSING', `${path} is not a regular file`);
  return stat.size;
}

function readFully(fd: number, path: string, into: Uint8Array, offset: number): void {
  for (let done = 0; done < into.length; ) {
    const got = attempt(path, () => readSync(fd, into, done, into.length - done, offset + done));
    if (got === 0) throw new SlipwayError('IO_FAILED', `${path} became shorter while it was being read`);
    done += got;
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SlipwayError(missing ? 'FILE_MISSING' : 'IO_FAILED', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
