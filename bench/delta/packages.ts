/**
 * Files of npm packages, fetched once into the cache folder.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../child.ts';
import { cache } from './places.ts';

/** The path of one file of a package, unpacked. */
export async function publishedFile(name: string, version: string, file: string): Promise<string> {
  return join(await packageFolder(name, version), file);
}

/** A package as npm would install it, without its dependencies. */
export async function packageFolder(name: string, version: string): Promise<string> {
  const title = `${name.replace(/^@/, '').replaceAll('/', '-')}-${version}`;
  const folder = join(cache, 'unpacked', title);
  if (existsSync(folder)) return folder;
  const tarball = join(cache, 'packages', `${title}.tgz`);
  mkdirSync(join(cache, 'packages'), { recursive: true });
  if (!existsSync(tarball)) await mustRun(['npm', 'pack', '--silent', '--pack-destination', join(cache, 'packages'), `${name}@${version}`]);
  mkdirSync(join(cache, 'unpacked'), { recursive: true });
  const fresh = mkdtempSync(join(cache, 'unpacked', '.fresh-'));
  try {
    await mustRun(['tar', 'xzf', tarball, '--strip-components=1', '-C', fresh]);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
