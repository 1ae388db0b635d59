/**
 * The package managers of the npm world, as data: one row for each way to install. The launcher in between is
 * started by the machine's Node in some rows and by the pinned one in others, because it takes another way on each.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command, Copy, Through } from './drive.ts';
import { manage, type Place, type PlaceOptions } from './place.ts';
import type { Tools } from './tools.ts';
import type { World } from './world.ts';

export interface Manager {
  readonly title: string;
  /** Part of the bounded run. */
  readonly slice?: true;
  readonly place: PlaceOptions;
  readonly install: (world: World, place: Place) => Promise<Pick<Copy, 'words' | 'through'> & Partial<Copy>>;
}

const products = ['slipway', 'hello'];
const system = { node: 'system' } as const;
const pinned = { node: 'pinned' } as const;

export const nodeManagers: readonly Manager[] = [
  { title: 'npm, in a project', slice: true, place: system, install: async ({ tools }, place) => npmProject(place, tools.systemNpm) },
  { title: 'npm, global', slice: true, place: system, install: async ({ tools }, place) => npmGlobal(place, tools.systemNpm) },
  { title: 'npm 12, in a project', place: pinned, install: async ({ tools }, place) => npmProject(place, tools.pinnedNpm) },
  { title: 'npm 12, global', place: pinned, install: async ({ tools }, place) => npmGlobal(place, tools.pinnedNpm) },
  { title: 'pnpm, in a project', place: system, install: pnpmProject },
  { title: 'pnpm, global', place: { ...pinned, path: ['home/.local/share/pnpm/bin'] }, install: pnpmGlobal },
  { title: 'yarn 1, in a project', place: system, install: yarn1Project },
  { title: 'yarn 1, global', place: { ...pinned, path: ['prefix/bin'] }, install: yarn1Global },
  { title: 'yarn 4, Plug’n’Play', place: system, install: async (world, place) => yarn4(world, place, 'pnp') },
  { title: 'yarn 4, Plug’n’Play, pinned Node', place: pinned, install: async (world, place) => yarn4(world, place, 'pnp') },
  { title: 'yarn 4, node_modules', place: pinned, install: async (world, place) => yarn4(world, place, 'node-modules') },
  { title: 'bun, in a project', place: system, install: bunProject },
  { title: 'bun, global', place: { ...pinned, path: ['home/.bun/bin'] }, install: bunGlobal },
];

type Installed = ReturnType<Manager['install']>;

const inFolder = (folder: string) => (command: Command): readonly string[] => [join(folder, command)];
const inProject = ({ project }: Place) => inFolder(join(project, 'node_modules/.bin'));

function way(name: string, words: readonly string[], chatty = false): Through {
  return { name, words: (command) => [...words, command], ...(chatty ? { chatty } : {}) };
}

async function npmProject(place: Place, npm: string): Installed {
  await manage(place, ['node', npm, 'install', '--ignore-scripts', ...products]);
  const npx = join(dirname(npm), 'npx-cli.js');
  return {
    words: inProject(place),
    through: [{ name: 'npx', words: (command) => ['node', npx, '--no', '--', command] }, { name: 'npm exec', words: (command) => ['node', npm, 'exec', '--no', '--', command] }],
  };
}

async function npmGlobal(place: Place, npm: string): Installed {
  const prefix = join(place.folder, 'prefix');
  await manage(place, ['node', npm, 'install', '--global', '--prefix', prefix, '--ignore-scripts', ...products]);
  return { words: inFolder(join(prefix, 'bin')), through: [] };
}

async function pnpmProject({ tools }: World, place: Place): Installed {
  await manage(place, [tools.pnpm, 'add', '--ignore-scripts', ...products]);
  return { words: inProject(place), through: [way('pnpm exec', [tools.pnpm, '--silent', 'exec'])] };
}

async function pnpmGlobal({ tools }: World, place: Place): Installed {
  await manage(place, [tools.pnpm, 'add', '--global', '--ignore-scripts', ...products]);
  return { words: inFolder(join(place.home, '.local/share/pnpm/bin')), through: [] };
}

/** It says so whenever the option is given. */
const scriptsIgnored = /^warning Ignored scripts due to flag\.$/;

async function yarn1Project({ tools }: World, place: Place): Installed {
  await manage(place, ['node', tools.yarn1, 'add', '--ignore-scripts', ...products], scriptsIgnored);
  return { words: inProject(place), through: [way('yarn run', ['node', tools.yarn1, '--silent', 'run'])] };
}

async function yarn1Global({ tools }: World, place: Place): Installed {
  const prefix = join(place.folder, 'prefix');
  await manage(place, ['node', tools.yarn1, 'global', 'add', '--ignore-scripts', '--prefix', prefix, ...products], scriptsIgnored);
  return { words: inFolder(join(prefix, 'bin')), through: [] };
}

async function yarn4({ tools, registry }: World, place: Place, linker: 'pnp' | 'node-modules'): Installed {
  writeFileSync(join(place.project, '.yarnrc.yml'), yarn4Settings(registry, linker));
  await manage(place, ['node', tools.yarn4, 'add', ...products]);
  const through = [way('yarn run', ['node', tools.yarn4, 'run']), way('yarn exec', ['node', tools.yarn4, 'exec'])];
  if (linker === 'node-modules') return { words: inProject(place), through };
  const files = await yarn4Files(tools, place);
  return { words: (command) => ['node', '--require', join(place.project, '.pnp.cjs'), files(command)], through };
}

function yarn4Settings(registry: string, linker: string): string {
  return [
    `nodeLinker: ${linker}`,
    `npmRegistryServer: ${JSON.stringify(registry.replace(/\/$/, ''))}`,
    'unsafeHttpWhitelist: ["127.0.0.1"]',
    'npmMinimalAgeGate: 0', // it keeps packages of the last days back
    'enableScripts: false',
    'enableTelemetry: false',
    '',
  ].join('\n');
}

/** Plug'n'Play links no commands: yarn says where, in a zip, the launcher is that it would start. */
async function yarn4Files(tools: Tools, place: Place): Promise<(command: Command) => string> {
  const files = new Map<string, string>();
  for (const command of ['slipway', 'slipwayd', 'hello', 'hellod']) {
    files.set(command, (await manage(place, ['node', tools.yarn4, 'bin', command])).stdout.toString().trim());
  }
  return (command) => files.get(command) ?? '';
}

async function bunProject({ tools }: World, place: Place): Installed {
  await manage(place, [tools.bun, 'add', '--ignore-scripts', ...products]);
  return { words: inProject(place), through: [way('bunx', [tools.bun, 'x', '--no-install']), way('bun run', [tools.bun, 'run', '--silent'])] };
}

async function bunGlobal({ tools }: World, place: Place): Installed {
  mkdirSync(join(place.home, '.bun/bin'), { recursive: true });
  await manage(place, [tools.bun, 'add', '--global', '--ignore-scripts', ...products]);
  return { words: inFolder(join(place.home, '.bun/bin')), through: [] };
}
