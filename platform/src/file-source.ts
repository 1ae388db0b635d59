import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SlipwayError, type ByteSource } from '@slipway/core';

export interface FileSource extends ByteSource {
  /** Permission bits of the file. */
  readonly mode: number;
  /** Whether both are the same file, by whatever names. */
  isSame(other: { readonly dev: bigint; readonly ino: bigint }): boolean;
  close(): void;
}

/**
 * Open a file for reads at any position. Nothing is kept: each read goes to the file, and its bytes are the caller's own.
 * Throws FILE_MISSING when it is not there or no regular file, IO_FAILED when it cannot be read.
 */
export function openFileSource(path: string): FileSource {
  const fd = attempt(path, () => openSync(path, 'r'));
  const { size, mode, dev, ino } = attempt(path, () => {
    const stat = fstatSync(fd, { bigint: true });
    if (stat.isFile()) return stat;
    closeSync(fd);
    throw new SlipwayError('FILE_MISSING', `${path} is not a regular file`);
  });
  return {
    size: Number(size),
    mode: Number(mode) & 0o777,
    isSame: (other) => other.dev === dev && other.ino === ino,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > size) {
        throw new RangeError(`bytes ${offset}+${length} lie outside ${size}`);
      }
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const got = attempt(path, () => readSync(fd, bytes, done, length - done, offset + done));
        if (got === 0) throw new SlipwayError('IO_FAILED', `${path} became shorter while it was being read`);
        done += got;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
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
