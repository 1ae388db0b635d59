import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, failure, mustRun, type Outcome } from './command.ts';
import { npmSettings } from './registry.ts';
import { warnings } from './warnings.ts';
import { environment, openHome, type World } from './world.ts';

/** Where one package manager lives and installs: nothing of it lies outside. */
export interface Place {
  readonly folder: string;
  readonly home: string;
  /** A project of somebody who uses the products. */
  readonly project: string;
  readonly env: Environment;
  remove(): void;
}

export interface PlaceOptions {
  /** The Node that is on PATH; without it there is none. */
  readonly node?: 'system' | 'pinned' | undefined;
  /** Folders below the place that are on PATH, too. */
  readonly path?: readonly string[];
  readonly env?: Environment;
}

export function openPlace(world: World, name: string, { node, path = [], env = {} }: PlaceOptions): Place {
  const folder = join(world.folder, 'places', name.replaceAll(/[^a-z0-9]+/gi, '-'));
  const home = openHome(folder, 'home');
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', version: '1.0.0', private: true, license: 'MIT' }));
  writeFileSync(join(home, '.npmrc'), npmSettings(world.registry));
  const runtime = node === undefined ? [] : [nodeFolder(world, folder, node)];
  const programs = [...path.map((one) => join(folder, one)), ...runtime, world.programs];
  return {
    folder,
    home,
    project,
    env: { ...environment(home, programs), SLIPWAY_CACHE_DIR: world.cache, ...env },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function nodeFolder({ tools }: World, folder: string, which: 'system' | 'pinned'): string {
  const runtime = join(folder, 'node');
  mkdirSync(runtime);
  symlinkSync(which === 'system' ? tools.systemNode : tools.pinnedNode, join(runtime, 'node'));
  return runtime;
}

/** Run a package manager in a place: it must succeed, and warn of nothing but what is `known` to be its own affair. */
export async function manage(place: Place, words: readonly string[], known?: RegExp): Promise<Outcome> {
  const outcome = await mustRun(words, { cwd: place.project, env: place.env });
  const said = warnings(outcome, known);
  if (said.length > 0) throw failure(outcome, `it warns: ${said.join('\n')}`);
  return outcome;
}
