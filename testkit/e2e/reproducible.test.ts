/**
 * Same sources, same bytes: whoever builds, wherever, whenever, on however many cores, with the source on the pinned
 * Bun or with the compiled program. The product is Slipway itself.
 *
 * The date is faked by preloading a library. It reaches the main process and all it starts by itself, but not the
 * compile workers, whose environment Slipway scrubs; those differ in the rest only.
 */
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freshClone } from './clone.ts';
import { type Environment, mustRun } from './command.ts';
import { environment, network, openHome, readWorld, repository, slice } from './world.ts';

const world = readWorld();
const { tools, slipway } = world;
const folder = join(world.folder, 'reproducible');
const targets = slice ? ['linux-x64', 'darwin-arm64', 'windows-x64'].flatMap((target) => ['--target', target]) : [];
/** Milliseconds for a build of everything on one core, and then some. */
const patience = 1_500_000;
/** Nobody, so no account has to be made. */
const stranger = '23456';

let expected: string;

beforeAll(async () => {
  mkdirSync(folder);
  expected = await checkoutBuild();
}, patience);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a stranger’s fresh clone in another folder, another time zone, another year, on one core, with cold caches', async () => {
  const clone = await freshClone(tools, join(folder, 'a stranger’s clone'), rootSetting());
  const home = openHome(folder, 'stranger');
  const cache = join(home, 'cold');
  cpSync(join(world.cache, 'bases/'), join(cache, 'bases'), { recursive: true, dereference: true }); // certificates do not hold in a faked year
  for (const path of [clone, home]) await mustRun(['/bin/chown', '-R', `${stranger}:${stranger}`, path], rootSetting());
  const env = { ...environment(home, [join(clone, 'node_modules/.bin'), '/usr/bin']), TZ: 'Pacific/Auckland', LANG: 'C', SLIPWAY_CACHE_DIR: cache };
  const asStranger = [tools.setpriv, `--reuid=${stranger}`, `--regid=${stranger}`, '--clear-groups', '/bin/sh', '-c', 'umask 077; exec "$@"', 'sh'];
  const words = [...asStranger, tools.taskset, '--cpu-list', '0', tools.faketime, '2031-02-03 04:05:06', join(clone, 'node_modules/.bin/slipway'), 'dist', ...targets];
  await mustRun(words, { cwd: clone, env, limit: patience });
  compare(join(clone, 'dist/checksums.txt'));
}, patience);

test('the compiled program from its own wheel, with no Node on PATH and an empty cache', async () => {
  const venv = join(folder, 'venv');
  const home = openHome(folder, 'wheel-user');
  const env = { ...environment(home, [world.programs]), ...network(), SLIPWAY_CACHE_DIR: join(home, 'empty') };
  await mustRun([tools.python, '-m', 'venv', venv], rootSetting());
  await mustRun([join(venv, 'bin/pip'), 'install', '--disable-pip-version-check', '--no-index', '--find-links', join(slipway.dist, 'python/wheels'), 'slipway'], { ...rootSetting(), env });
  const out = join(folder, 'from the wheel');
  await mustRun([join(venv, 'bin/slipway'), 'dist', '--out', out, ...targets], { cwd: repository, env, limit: patience });
  compare(join(out, 'checksums.txt'));
}, patience);

/** What the checkout itself has built or, for some targets only, builds now. */
async function checkoutBuild(): Promise<string> {
  if (targets.length === 0) return readFileSync(join(slipway.dist, 'checksums.txt'), 'utf8');
  const out = join(folder, 'checkout');
  const env = { ...environment(openHome(folder, 'checkout-home'), [dirname(tools.systemNode), '/usr/bin']), SLIPWAY_CACHE_DIR: world.cache };
  await mustRun([join(repository, 'node_modules/.bin/slipway'), 'dist', '--out', out, ...targets], { cwd: repository, env, limit: patience });
  const checksums = readFileSync(join(out, 'checksums.txt'), 'utf8');
  rmSync(out, { recursive: true });
  return checksums;
}

function rootSetting(): { readonly cwd: string; readonly env: Environment } {
  return { cwd: folder, env: environment(openHome(folder, 'root'), ['/usr/bin']) };
}

/** Line by line, so that a failure names the files. */
function compare(path: string): void {
  expect(readFileSync(path, 'utf8').split('\n')).toEqual(expected.split('\n'));
  rmSync(dirname(path), { recursive: true });
}
