import type { FsPort } from '@slipway/core';

/**
 * A file port whose first read maps the file into memory where Bun can, which needs no node:fs. That read is the
 * guard's, of the installation's state: a small file of a fixed size, with a checksum, that is never cut shorter. Every
 * other call, and whatever cannot be mapped, goes to `port`.
 */
export function firstMapped(port: FsPort): FsPort {
  let map = typeof Bun === 'undefined' || process.platform === 'win32' ? undefined : Bun.mmap;
  return {
    ...port,
    read(path, limit) {
      const first = map;
      map = undefined;
      try {
        const mapped = first?.(path);
        if (mapped !== undefined && mapped.length <= limit) return mapped.slice(); // others may write to the file
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      }
      return port.read(path, limit);
    },
  };
}
