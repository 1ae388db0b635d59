/** Signed metadata on disk, one file for each role, each replaced atomically and durably. The caller holds the lock. */
import type { FsPort } from '@slipway/core';
import { installError } from '../install-error.ts';

export interface TrustFolder {
  /** What an earlier refresh trusted; undefined when there is none, or something much too large. */
  read(role: string): Uint8Array | undefined;
  /** Durable when it returns; the old file when it throws. */
  write(role: string, bytes: Uint8Array): void;
}

/** No metadata file is larger. */
const limit = 8 * 1024 * 1024;

export function trustFolder(fs: FsPort, folder: string): TrustFolder {
  const pathOf = (role: string): string => `${folder}/${encodeURIComponent(role)}.json`;
  return { read, write };

  function read(role: string): Uint8Array | undefined {
    try {
      return fs.read(pathOf(role), limit);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'EFBIG') return undefined;
      throw installError(error, `read ${pathOf(role)}`);
    }
  }

  function write(role: string, bytes: Uint8Array): void {
    const path = pathOf(role);
    try {
      if (fs.stat(folder) === undefined) {
        fs.makeFolder(folder, 0o700);
        fs.syncFolder(folder.slice(0, folder.lastIndexOf('/')));
      }
      const beside = `${path}.new`;
      if (fs.stat(beside) !== undefined) fs.unlink(beside); // left by a crash
      const file = fs.create(beside, 0o644);
      try {
        file.write(bytes, 0);
        file.sync();
      } finally {
        file.close();
      }
      fs.rename(beside, path);
      fs.syncFolder(folder);
    } catch (error) {
      throw installError(error, `write ${path}`);
    }
  }
}
