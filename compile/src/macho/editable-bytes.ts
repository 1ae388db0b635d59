/**
 * Bytes that can be changed in place and cut or extended at their end: what signing needs of a file, so that it signs
 * 100 MB without holding them, and small executables in memory by the same code.
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { SlipwayError, type ByteSource } from '@slipway/core';

export interface EditableBytes extends ByteSource {
  write(offset: number, bytes: Uint8Array): void;
  /** Cut, or extend with zeros. */
  resize(size: number): void;
}

export function memoryBytes(initial: Uint8Array): EditableBytes & { readonly bytes: Uint8Array } {
  let bytes = Uint8Array.from(initial);
  return {
    get bytes() {
      return bytes;
    },
    get size() {
      return bytes.length;
    },
    read: (offset, length) => bytes.slice(offset, offset + length),
    write: (offset, written) => bytes.set(written, offset),
    resize(size) {
      const resized = new Uint8Array(size);
      resized.set(bytes.subarray(0, size));
      bytes = resized;
    },
  };
}

/** Throws FILE_MISSING or IO_FAILED, in every method. */
export function openEditableFile(path: string): EditableBytes & { close(): void } {
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      throw new SlipwayError(missing ? 'FILE_MISSING' : 'IO_FAILED', `cannot change ${path}: ${(cause as Error).message}`, { cause });
    }
  };
  const fd = attempt(() => openSync(path, 'r+'));
  return {
    get size() {
      return attempt(() => fstatSync(fd).size);
    },
    read: (offset, length) => attempt(() => readRange(fd, offset, length)),
    write: (offset, bytes) => attempt(() => writeRange(fd, offset, bytes)),
    resize: (size) => attempt(() => ftruncateSync(fd, size)),
    close: () => closeSync(fd),
  };
}

function readRange(fd: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const got = readSync(fd, bytes, done, length - done, offset + done);
    if (got === 0) throw new RangeError(`bytes ${offset}+${length} lie outside the file`);
    done += got;
  }
  return bytes;
}

function writeRange(fd: number, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(fd, bytes, done, bytes.length - done, offset + done);
  }
}
