/** Small files that are whole and on disk before they have their name. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ioError, SlipwayError, type ErrorCode } from '@slipway/core';

/** Write, sync, rename, sync the folder. Throws DISK_FULL, DIST_UNWRITABLE or IO_FAILED. */
export function writeDurably(path: string, content: string | Uint8Array, mode: number): void {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const fd = openSync(temporary, 'wx', mode);
    try {
      const bytes = Buffer.from(content);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw ioError(error, `write ${path}`);
  }
}

export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw ioError(error, `make ${path}`);
  }
}

/** The whole file. Throws FILE_MISSING when there is none, `tooLarge` beyond `limit` bytes. */
export function readBounded(path: string, limit: number, tooLarge: ErrorCode): Buffer {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new SlipwayError('FILE_MISSING', `there is no ${path}`);
    throw ioError(error, `read ${path}`);
  }
  try {
    const buffer = Buffer.alloc(limit + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size <= limit; size += read) read = readSync(fd, buffer, size, buffer.length - size, null);
    if (size > limit) throw new SlipwayError(tooLarge, `${path} is larger than ${limit} bytes`);
    return buffer.subarray(0, size);
  } catch (error) {
    throw ioError(error, `read ${path}`);
  } finally {
    closeSync(fd);
  }
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
