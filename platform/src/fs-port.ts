/**
 * Files through node:fs, synchronously. Errors are the system's own; what the port adds is exactness: modes whatever
 * the umask, writes that are whole, limits that hold, and no wait on what is no file.
 */
import {
  chmodSync, closeSync, constants, fchmodSync, fstatSync, fsyncSync, ftruncateSync, linkSync, lstatSync, mkdirSync, openSync, readdirSync,
  readlinkSync, readSync, renameSync, rmdirSync, statfsSync, symlinkSync, unlinkSync, writeSync, type Stats,
} from 'node:fs';
import type { FileStat, FsPort, OpenFile } from '@slipway/core';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
/** Opening a pipe would wait for its other end; not there on Windows. */
const noWait = constants.O_NONBLOCK ?? 0;

export const fsPort: FsPort = {
  read(path, limit) {
    const file = orUndefined(() => openSync(path, O_RDONLY | noWait), 'ENOENT');
    if (file === undefined) return undefined;
    try {
      if (!fstatSync(file).isFile()) throw systemError('EISDIR', `${path} is not a file`);
      return readWhole(file, path, limit);
    } finally {
      closeSync(file);
    }
  },
  list: (folder) => orUndefined(() => readdirSync(folder), 'ENOENT')?.sort() ?? [],
  stat(path) {
    const found = orUndefined(() => lstatSync(path), 'ENOENT', 'ENOTDIR');
    return found === undefined ? undefined : { kind: kindOf(found), size: found.size, mode: found.mode & 0o7777, uid: found.uid };
  },
  readLink: (path) => orUndefined(() => readlinkSync(path), 'ENOENT', 'ENOTDIR', 'EINVAL'),
  create(path, mode) {
    const file = openSync(path, O_RDWR | O_CREAT | O_EXCL, mode);
    try {
      fchmodSync(file, mode);
    } catch (error) {
      closeSync(file);
      unlinkSync(path);
      throw error;
    }
    return openFile(file);
  },
  open: (path, access) => openFile(openSync(path, (access === 'read' ? O_RDONLY : O_RDWR) | noWait)),
  makeFolder(path, mode) {
    mkdirSync(path, { mode });
    chmodSync(path, mode);
  },
  link: linkSync,
  symlink: (to, path) => symlinkSync(to, path),
  rename: renameSync,
  unlink: unlinkSync,
  removeFolder: (path) => rmdirSync(path),
  syncFolder(path) {
    if (process.platform === 'win32') return; // a folder cannot be opened there, and NTFS journals its names
    const folder = openSync(path, O_RDONLY);
    try {
      orUndefined(() => fsyncSync(folder), 'EINVAL'); // file systems in user space need not know it
    } finally {
      closeSync(folder);
    }
  },
  space(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

function openFile(file: number): OpenFile {
  return {
    size: () => fstatSync(file).size,
    read(into, position) {
      let done = 0;
      while (done < into.length) {
        const count = readSync(file, into, done, into.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    },
    write(bytes, position) {
      for (let done = 0; done < bytes.length;) {
        const count = writeSync(file, bytes, done, bytes.length - done, position + done);
        if (count === 0) throw systemError('EIO', 'the system wrote nothing and named no reason');
        done += count;
      }
    },
    truncate: (size) => ftruncateSync(file, size),
    sync: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** Sizes can be wrong, or change: what is read decides. */
function readWhole(file: number, path: string, limit: number): Uint8Array {
  const expected = fstatSync(file).size;
  const tooLarge = (): Error => systemError('EFBIG', `${path} has more than ${limit} bytes`);
  if (expected > limit) throw tooLarge();
  let bytes = new Uint8Array(expected + 1); // one more, to see the end
  let length = 0;
  for (;;) {
    const count = readSync(file, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length > limit) throw tooLarge();
    if (length === bytes.length) {
      const larger = new Uint8Array(Math.min(limit + 1, Math.max(4096, length * 2)));
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

/** The call's result; undefined when it failed in one of these ways. */
function orUndefined<T>(call: () => T, ...codes: readonly string[]): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codes.includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
