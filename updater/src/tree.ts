/** Folders: made where they are missing, removed whole. */
import type { FsPort } from '@slipway/core';

/** Deeper trees are none of ours. */
const depthLimit = 64;

/** Make a folder unless it is there; its name is durable when this returns. */
export function ensureFolder(fs: Pick<FsPort, 'stat' | 'makeFolder' | 'syncFolder'>, path: string, mode: number): void {
  if (fs.stat(path)?.kind === 'folder') return;
  fs.makeFolder(path, mode);
  fs.syncFolder(parentOf(path));
}

/** Remove whatever is at a path, symbolic links not followed. Nothing there is fine. */
export function removeTree(fs: Pick<FsPort, 'stat' | 'list' | 'unlink' | 'removeFolder'>, path: string, depth = 0): void {
  const kind = fs.stat(path)?.kind;
  if (kind === undefined) return;
  if (kind !== 'folder') return fs.unlink(path);
  if (depth === depthLimit) throw new RangeError(`${path} is nested deeper than ${depthLimit} folders`);
  for (const name of fs.list(path)) removeTree(fs, `${path}/${name}`, depth + 1);
  fs.removeFolder(path);
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}
