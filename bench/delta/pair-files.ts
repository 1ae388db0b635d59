/**
 * The two files of a pair: unpacked from npm, or compiled.
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../child.ts';
import { bun } from '../places.ts';
import { runtimeVersion, type AppPair, type Pair } from './corpus.ts';
import { packageFolder, publishedFile } from './packages.ts';
import { cache } from './places.ts';

export interface PairFiles {
  readonly base: string;
  readonly next: string;
}

export async function pairFiles(pair: Pair): Promise<PairFiles> {
  if (pair.group === 'app') return { base: await compiledApp(pair, pair.base), next: await compiledApp(pair, pair.next) };
  const { package: name, file } = pair.nextOf ?? pair;
  return { base: await publishedFile(pair.package, pair.base, pair.file), next: await publishedFile(name, pair.next, file) };
}

/**
 * The program of a version, compiled as Slipway does: under one name from one folder, because Bun writes names into the
 * executable.
 */
async function compiledApp({ package: name, entry, runtime, bytecode }: AppPair, version: string): Promise<string> {
  if (Bun.version !== runtimeVersion) throw new Error(`the app pairs are compiled by Bun ${runtimeVersion}, this is ${Bun.version}`);
  const folder = join(cache, 'apps', `${name}-${version}-${entry.replaceAll('/', '-')}-${runtime.package.replace(/^.*\/bun-/, '')}-${runtimeVersion}${bytecode ? '-bytecode' : ''}`);
  const out = runtime.file.endsWith('.exe') ? 'app.exe' : 'app';
  if (existsSync(folder)) return join(folder, out);
  const source = await packageFolder(name, version);
  mkdirSync(join(cache, 'apps'), { recursive: true });
  const fresh = mkdtempSync(join(cache, 'apps', '.fresh-'));
  const shared = join(cache, 'apps', 'source');
  try {
    await mustRun(['cp', '-a', source, shared]);
    const target = `--target=bun-${runtime.package.replace(/^.*\/bun-/, '').replace('aarch64', 'arm64')}`;
    const base = await publishedFile(runtime.package, runtimeVersion, runtime.file);
    await mustRun([bun, 'build', '--compile', '--minify', ...(bytecode ? ['--bytecode'] : []), target, '--compile-executable-path', base, join(shared, entry), '--outfile', join(fresh, 'app')], { cwd: shared });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(shared, { recursive: true, force: true });
  }
  return join(folder, out);
}
