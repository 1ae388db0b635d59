/**
 * The formula in dist/, run by real Ruby with the archive that it names: Homebrew itself is in no package registry. What
 * Homebrew then does to ELF executables on Linux, it does by the rules of patchelf, so that is done here, too.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mustRun } from './command.ts';
import { type Copy, drive } from './drive.ts';
import { openPlace, type Place } from './place.ts';
import { readWorld, repository, type World } from './world.ts';

const world = readWorld();
const { tools } = world;
const runner = join(repository, 'wrappers/src/homebrew/formula-runner.fixture.rb');

interface Installed {
  readonly keg: string;
  readonly facts: { readonly url: string; readonly sha256: string; readonly service?: { readonly run: readonly string[] } };
}

/** Install as `brew install` would: the archive, unpacked, its one directory entered. */
async function brew(place: Place, product: 'slipway' | 'hello', { version, dist }: World['slipway']): Promise<Installed> {
  const cellar = join(place.folder, 'Cellar', product);
  const source = join(place.folder, `${product}-source`);
  mkdirSync(source, { recursive: true });
  mkdirSync(cellar, { recursive: true });
  const stem = `${product}-v${version}-linux-x64`;
  await mustRun(['/bin/tar', '-xzf', join(dist, 'archives', `${stem}.tar.gz`), '-C', source], { cwd: place.folder, env: place.env });
  const keg = join(cellar, version);
  const { stdout } = await mustRun([tools.ruby, runner, join(dist, 'homebrew', `${product}.rb`), 'linux', 'intel', join(source, stem), keg], { cwd: place.project, env: place.env });
  return { keg, facts: JSON.parse(stdout.toString()) as Installed['facts'] };
}

describe('a formula', () => {
  let place: Place;
  let copy: Copy;
  let installed: Readonly<Record<'slipway' | 'hello', Installed>>;
  beforeAll(async () => {
    place = openPlace(world, 'homebrew', {});
    installed = { slipway: await brew(place, 'slipway', world.slipway), hello: await brew(place, 'hello', world.hello) };
    const linked = join(place.folder, 'bin');
    mkdirSync(linked);
    for (const [product, { keg }] of Object.entries(installed)) for (const name of [product, `${product}d`]) symlinkSync(join(keg, 'bin', name), join(linked, name));
    copy = { words: (command) => [join(linked, command)], through: [], owner: 'homebrew', cwd: place.project, env: place.env, folder: place.folder };
  });
  afterAll(() => place.remove());

  test('names the archive that is in dist/ by its digest, and the daemon as the service', () => {
    const { url, sha256, service } = installed.slipway.facts;
    const archive = join(world.slipway.dist, 'archives', basename(url));
    expect(sha256).toBe(createHash('sha256').update(readFileSync(archive)).digest('hex'));
    expect(service?.run).toEqual(['/opt/bin/slipwayd']);
  });

  test('installs completions and manual pages', () => {
    const { keg } = installed.slipway;
    for (const path of ['etc/bash_completion.d/slipway', 'share/zsh/site-functions/_slipway', 'share/fish/vendor_completions.d/slipway.fish', 'share/man/man1/slipway.1', 'share/man/man1/slipwayd.1', 'THIRD-PARTY-NOTICES.txt']) expect([path, existsSync(join(keg, path))]).toEqual([path, true]);
  });

  test('leaves an executable that still works once Homebrew has given it another interpreter and run path', async () => {
    const lib = join(place.folder, 'lib');
    mkdirSync(lib);
    symlinkSync('/lib64/ld-linux-x86-64.so.2', join(lib, 'ld.so'));
    const patched = join(place.folder, 'patched');
    copyFileSync(join(installed.slipway.keg, 'bin/slipway'), patched);
    await mustRun([tools.patchelf, '--set-interpreter', join(lib, 'ld.so'), '--force-rpath', '--set-rpath', lib, patched], { cwd: place.folder, env: place.env });
    expect((await mustRun([tools.patchelf, '--print-interpreter', patched], { cwd: place.folder, env: place.env })).stdout.toString().trim()).toBe(join(lib, 'ld.so'));
    expect((await mustRun([patched, '--version'], { cwd: place.project, env: place.env })).stdout.toString().trim()).toBe(world.slipway.version);
  });

  drive(world, () => copy);
});
