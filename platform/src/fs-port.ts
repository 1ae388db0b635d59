/**
 * Files through node:fs, synchronously. Errors are the system's own; what the port adds is exactness: modes whatever
 * the umask, writes that are whole, limits that hold, and no wait on what is no file.
 */
import type { Stats } from 'node:fs';
import type { FileStat, FsPort, OpenFile } from '@slipway/core';
import { fs } from './on-demand.ts';

/** Opening a pipe would wait for its other end; not there on Windows. */
const noWait = (): number => fs().constants.O_NONBLOCK ?? 0;

export const fsPort: FsPort = {
  read(path, limit) {
    const file = orUndefined(() => fs().openSync(path, fs().constants.O_RDONLY | noWait()), 'ENOENT');
    if (file === undefined) return undefined;
    try {
      if (!fs().fstatSync(file).isFile()) throw systemError('EISDIR', `${path} is not a file`);
      return readWhole(file, path, limit);
    } finally {
      fs().closeSync(file);
    }
  },
  list: (folder) => orUndefined(() => fs().readdirSync(folder), 'ENOENT')?.sort() ?? [],
  stat(path) {
    const found = orUndefined(() => fs().lstatSync(path), 'ENOENT', 'ENOTDIR');
    return found === undefined ? undefined : { kind: kindOf(found), size: found.size, mode: found.mode & 0o7777, uid: found.uid };
  },
  readLink: (path) => orUndefined(() => fs().readlinkSync(path), 'ENOENT', 'ENOTDIR', 'EINVAL'),
  create(path, mode) {
    const file = fs().openSync(path, 'wx+', mode);
    try {
      fs().fchmodSync(file, mode);
    } catch (error) {
      fs().closeSync(file);
      fs().unlinkSync(path);
      throw error;
    }
    return openFile(file);
  },
  open(path, access) {
    const { O_RDONLY, O_RDWR } = fs().constants;
    return openFile(fs().openSync(path, (access === 'read' ? O_RDONLY : O_RDWR) | noWait()));
  },
  makeFolder(path, mode) {
    fs().mkdirSync(path, { mode });
    fs().chmodSync(path, mode);
  },
  link: (path, name) => fs().linkSync(path, name),
  symlink: (to, path) => fs().symlinkSync(to, path),
  rename: (from, to) => fs().renameSync(from, to),
  unlink: (path) => fs().unlinkSync(path),
  removeFolder: (path) => fs().rmdirSync(path),
  syncFolder(path) {
    if (process.platform === 'win32') return; // a folder cannot be opened there, and NTFS journals its names
    const folder = fs().openSync(path, 'r');
    try {
      orUndefined(() => fs().fsyncSync(folder), 'EINVAL'); // file systems in user space need not know it
    } finally {
      fs().closeSync(folder);
    }
  },
  space(folder) {
    const { bavail, bsize } = fs().statfsSync(folder);
    return bavail * bsize;
  },
};

function openFile(file: number): OpenFile {
  return {
    size: () => fs().fstatSync(file).size,
    read(into, position) {
      let done = 0;
      while (done < into.length) {
        const count = fs().readSync(file, into, done, into.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    },
    write(bytes, position) {
      for (let done = 0; done < bytes.length;) {
        const count = fs().writeSync(file, bytes, done, bytes.length - done, position + done);
        if (count === 0) throw systemError('EIO', 'the system wrote nothing and named no reason');
        done += count;
      }
    },
    truncate: (size) => fs().ftruncateSync(file, size),
    sync: () => fs().fsyncSync(file),
    close: () => fs().closeSync(file),
  };
}

/** Sizes can be wrong, or change: what is read decides. */
function readWhole(file: number, path: string, limit: number): Uint8Array {
  const expected = fs().fstatSync(file).size;
  const tooLarge = (): Error => systemError('EFBIG', `${path} has more than ${limit} bytes`);
  if (expected > limit) throw tooLarge();
  let bytes = new Uint8Array(expected + 1); // one more, to see the end
  let length = 0;
  for (;;) {
    const count = fs().readSync(file, bytes, length, bytes.length - length, null);
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
