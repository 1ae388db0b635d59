import { dirname, join } from 'node:path';
import type { RepositoryFs } from './ports.ts';

/** Make `path` below `folder`, with what is missing above it; the folders, below `folder`, that got a new name in them. */
export function makeFolders(fs: RepositoryFs, folder: string, path: string): readonly string[] {
  if (path === '.' || fs.stat(join(folder, path)) !== undefined) return [];
  const above = makeFolders(fs, folder, dirname(path));
  fs.makeFolder(join(folder, path), 0o755);
  return [...above, dirname(path)];
}
