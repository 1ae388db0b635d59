/**
 * The package managers of the Python world, as data. All install from the folders of wheels, offline, and none of
 * these copies finds a Node on its PATH.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Copy, Command } from './drive.ts';
import type { Manager } from './node-managers.ts';
import { manage, type Place } from './place.ts';
import { network, type World } from './world.ts';

export const pythonManagers: readonly Manager[] = [
  // The one copy that starts with an empty cache, as on the first day: it downloads the runtime it builds on.
  { title: 'pip, in a virtual environment, with a cold cache', slice: true, place: {}, install: async (world, place) => ({ ...(await pipVenv(world, place)), env: { ...place.env, ...network(), SLIPWAY_CACHE_DIR: join(place.folder, 'cache') } }) },
  { title: 'python -m, in a virtual environment', place: {}, install: async (world, place) => ({ ...(await pipVenv(world, place)), words: (command) => asModule(join(place.folder, 'venv/bin'), command) }) },
  { title: 'pip --user', place: { path: ['base/bin'] }, install: pipUser },
  { title: 'pipx', place: { path: ['bin'] }, install: pipx },
  { title: 'uv tool install', slice: true, place: { path: ['home/.local/bin'] }, install: uvTool },
  { title: 'uvx', place: {}, install: uvx },
];

type Installed = Promise<Pick<Copy, 'words' | 'through'> & Partial<Copy>>;

const inFolder = (folder: string) => (command: Command): readonly string[] => [join(folder, command)];

/** Each product's wheels; nothing else exists for these installers. */
function sources({ slipway, hello }: World): readonly string[] {
  return ['--no-index', ...[slipway, hello].flatMap(({ dist }) => ['--find-links', join(dist, 'python/wheels')])];
}

/** `python -m` runs the main command; the other names are only commands. */
function asModule(folder: string, command: Command): readonly string[] {
  return command === 'slipway' || command === 'hello' ? [join(folder, 'python'), '-m', command] : [join(folder, command)];
}

async function pipVenv(world: World, place: Place): Installed {
  const venv = join(place.folder, 'venv');
  await manage(place, [world.tools.python, '-m', 'venv', venv]);
  await manage(place, [join(venv, 'bin/python'), '-m', 'pip', 'install', '--disable-pip-version-check', ...sources(world), 'slipway', 'hello']);
  const module = { name: 'python -m', words: (command: Command) => asModule(join(venv, 'bin'), command) };
  return { words: inFolder(join(venv, 'bin')), through: [module] };
}

async function pipUser(world: World, place: Place): Installed {
  const base = join(place.folder, 'base');
  const { python } = world.tools;
  // Debian's pip wants to be asked twice; the user's base lies in the place.
  const env = { ...place.env, PYTHONUSERBASE: base, PIP_ROOT_USER_ACTION: 'ignore', PIP_BREAK_SYSTEM_PACKAGES: '1' };
  await manage({ ...place, env }, [python, '-m', 'pip', 'install', '--user', '--disable-pip-version-check', ...sources(world), 'slipway', 'hello']);
  const module = { name: 'python -m', words: (command: Command) => asModule(join(base, 'bin'), command).map((word) => word === join(base, 'bin/python') ? python : word) };
  return { words: inFolder(join(base, 'bin')), through: [module], env };
}

async function pipx(world: World, place: Place): Installed {
  const bin = join(place.folder, 'bin');
  mkdirSync(bin);
  const env = { ...place.env, PIPX_HOME: join(place.folder, 'pipx'), PIPX_BIN_DIR: bin };
  for (const product of ['slipway', 'hello']) await manage({ ...place, env }, [world.tools.pipx, 'install', `--pip-args=${sources(world).join(' ')}`, product]);
  return { words: inFolder(bin), through: [], env };
}

async function uvTool(world: World, place: Place): Installed {
  const { uv, python } = world.tools;
  for (const product of ['slipway', 'hello']) await manage(place, [uv, 'tool', 'install', '--offline', '--python', python, ...sources(world), product]);
  return { words: inFolder(join(place.home, '.local/bin')), through: [] };
}

/** It stays in between. */
async function uvx(world: World, place: Place): Installed {
  const { uvx: command, python } = world.tools;
  const fetch = [command, '--quiet', '--offline', '--python', python, ...sources(world)];
  await manage(place, [...fetch, 'slipway', '--version']);
  await manage(place, [...fetch, 'hello', '--version']);
  return { words: (name) => [...fetch, '--from', name.replace(/d$/, ''), name], through: [], parentStays: true, deathsAsCodes: true };
}
