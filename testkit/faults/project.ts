/**
 * Projects in folders of their own.
 */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout, scratchFolder, warmCache } from './suite.ts';
import { linkTree } from './tree.ts';

export interface Project {
  /** Contains all the others; unique, so that processes and files can be told by it. */
  readonly folder: string;
  readonly root: string;
  readonly dist: string;
  readonly home: string;
  readonly cache: string;
}

/** Files below the root: a text to write, or null to remove what is there. */
export type Files = Readonly<Record<string, string | null>>;

/** A copy of examples/hello with the suite's warm cache, or with `cache` of its own. */
export function helloProject(options: { readonly cache?: (folder: string) => string; readonly files?: Files } = {}): Project {
  const folder = scratchFolder('project');
  const root = join(folder, 'hello');
  const home = join(folder, 'home');
  cpSync(join(checkout, 'examples/hello'), root, { recursive: true, filter: (path) => !/\/(dist|node_modules)$/.test(path) });
  mkdirSync(home);
  chmodSync(folder, 0o755);
  const project = { folder, root, home, dist: join(root, 'dist'), cache: options.cache?.(folder) ?? warmCache() };
  change(project, options.files ?? {});
  return project;
}

export function change({ root }: Project, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    rmSync(path, { recursive: true, force: true });
    if (text === null) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** A cache of its own that holds the runtimes of the warm one, as links: whoever changes one must copy it first. */
export function linkedCache(folder: string): string {
  const cache = join(folder, 'cache');
  mkdirSync(cache, { mode: 0o700 });
  linkTree(join(warmCache(), 'bases'), join(cache, 'bases'));
  return cache;
}

/** A cache of its own with nothing in it. */
export function emptyCache(folder: string): string {
  const cache = join(folder, 'cache');
  mkdirSync(cache, { mode: 0o700 });
  return cache;
}

/** The same as copies, which may be changed. */
export function copiedCache(folder: string): string {
  const cache = emptyCache(folder);
  cpSync(join(warmCache(), 'bases'), join(cache, 'bases'), { recursive: true });
  return cache;
}
