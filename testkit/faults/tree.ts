/**
 * Folders as data: what is in them, and how they differ.
 */
import { createHash } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What each path below a folder is: `sha256 mode`, `-> target`, `other`. */
export type Tree = ReadonlyMap<string, string>;

/** Every file and link below `folder`; empty when it is not there. Work folders are left out: they hold no results. */
export function readTree(folder: string): Tree {
  const tree = new Map<string, string>();
  for (const path of filesBelow(folder)) {
    if (path.startsWith('.work-')) continue;
    const full = join(folder, path);
    const stat = lstatSync(full);
    const digest = (): string => createHash('sha256').update(readFileSync(full)).digest('hex');
    tree.set(path, stat.isSymbolicLink() ? `-> ${readlinkSync(full)}` : stat.isFile() ? `${digest()} ${(stat.mode & 0o777).toString(8)}` : 'other');
  }
  return tree;
}

/** Paths of everything below `folder` that is no directory, sorted. */
export function filesBelow(folder: string, prefix = ''): readonly string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`])).sort();
}

/** One line for each path that is not in one of `allowed` as it is in `tree`. */
export function foreign(tree: Tree, ...allowed: readonly Tree[]): readonly string[] {
  return [...tree].filter(([path, what]) => !allowed.some((one) => one.get(path) === what)).map(([path, what]) => `${path} is ${what}, which no undisturbed run writes`);
}

/** The same as plain data, for expect. */
export function plain(tree: Tree): Readonly<Record<string, string>> {
  return Object.fromEntries(tree);
}

/** The files of `from` under new names that share their bytes. */
export function linkTree(from: string, to: string): void {
  for (const path of filesBelow(from)) {
    mkdirSync(join(to, path, '..'), { recursive: true, mode: 0o700 });
    linkSync(join(from, path), join(to, path));
  }
}
