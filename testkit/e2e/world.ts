/**
 * What the set-up makes once and every test shares, handed over in a file whose path is in the environment.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Environment } from './command.ts';
import type { Tools } from './tools.ts';

export interface Product {
  readonly version: string;
  /** Its dist/. */
  readonly dist: string;
}

export interface World {
  /** Everything the run writes is below this folder, except what package managers are told to put elsewhere below it. */
  readonly folder: string;
  readonly tools: Tools;
  /** Address of the private npm registry, with a slash at its end. */
  readonly registry: string;
  /** A folder of links to the machine's programs, without Node and everything that comes with it. */
  readonly programs: string;
  /** A Slipway cache that holds what the tests need. */
  readonly cache: string;
  readonly slipway: Product;
  readonly hello: Product;
  /** checksums.txt of examples/hello for linux-x64, as the checkout writes it. */
  readonly checksums: string;
}

export const repository = dirname(dirname(import.meta.dirname));

/** The bounded part of the suite. */
export const slice = process.env['E2E_SLICE'] === '1';

const variable = 'SLIPWAY_E2E_WORLD';

export function publishWorld(world: World): void {
  const file = join(world.folder, 'world.json');
  writeFileSync(file, JSON.stringify(world));
  process.env[variable] = file;
}

export function readWorld(): World {
  return JSON.parse(readFileSync(process.env[variable] ?? '', 'utf8')) as World;
}

/** An environment that knows a home, programs and a temporary folder, and nothing of ours. */
export function environment(home: string, path: readonly string[]): Environment {
  return { HOME: home, PATH: path.join(':'), LANG: 'C.UTF-8', TMPDIR: join(home, 'tmp') };
}

/** How this machine reaches the registries: for what has to download. */
export function network(): Environment {
  const kept = /^((https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_.+)$/i;
  const settings = Object.entries(process.env).filter((entry): entry is [string, string] => kept.test(entry[0]) && entry[1] !== undefined);
  return { npm_config_userconfig: join(homedir(), '.npmrc'), ...Object.fromEntries(settings) };
}

/** A home of its own, with a folder for temporary files. */
export function openHome(folder: string, name: string): string {
  const home = join(folder, name);
  mkdirSync(join(home, 'tmp'), { recursive: true });
  return home;
}

/** A copy of examples/hello, without what a developer may have built in it. */
export function copyOfHello(to: string): string {
  cpSync(join(repository, 'examples/hello'), to, { recursive: true, filter: (path) => !['dist', 'node_modules'].includes(basename(path)) });
  return to;
}
