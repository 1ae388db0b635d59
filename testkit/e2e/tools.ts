/**
 * Everything the suite drives, found before anything runs. What is missing fails the suite by name: a package manager
 * that is quietly not tried would look like one that works.
 */
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const here = import.meta.dirname;
const repository = dirname(dirname(here));
const packages = join(here, 'tools', 'node_modules');
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway-e2e');

export interface Tools {
  /** The machine's own Node, and the pinned one; the launcher takes different ways on old and new ones. */
  readonly systemNode: string;
  readonly pinnedNode: string;
  /** npm's scripts, to be run by a Node: the machine's, and the pinned one. */
  readonly systemNpm: string;
  readonly pinnedNpm: string;
  readonly pnpm: string;
  readonly yarn1: string;
  readonly yarn4: string;
  readonly bun: string;
  readonly verdaccio: string;
  readonly python: string;
  readonly pipx: string;
  readonly uv: string;
  readonly uvx: string;
  readonly qemu: string;
  /** What qemu takes for the root of an arm64 system. */
  readonly arm64Root: string;
  readonly wine: string;
  readonly wineserver: string;
  readonly winePrefix: string;
  readonly git: string;
  readonly unzip: string;
  readonly setpriv: string;
  readonly taskset: string;
  readonly faketime: string;
  readonly ruby: string;
  readonly patchelf: string;
  readonly goreleaser: string;
}

/** Where each tool should be; undefined where it is on PATH and nowhere there. */
function places(): Record<keyof Tools, string | undefined> {
  return {
    systemNode: onPath('node'),
    pinnedNode: join(repository, 'node_modules/.bin/node'),
    systemNpm: onPath('npm'),
    pinnedNpm: join(packages, 'npm/bin/npm-cli.js'),
    pnpm: join(packages, '@pnpm/exe.linux-x64/pnpm'),
    yarn1: join(packages, 'yarn/bin/yarn.js'),
    yarn4: join(packages, '@yarnpkg/cli-dist/bin/yarn.js'),
    bun: join(repository, 'node_modules/@oven/bun-linux-x64/bin/bun'),
    verdaccio: join(packages, 'verdaccio/package.json'),
    python: '/usr/bin/python3', // Debian's: the one that its pip, venv and pipx packages are for
    pipx: '/usr/bin/pipx',
    uv: join(cache, 'python/bin/uv'),
    uvx: join(cache, 'python/bin/uvx'),
    qemu: onPath('qemu-aarch64-static'),
    arm64Root: '/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1',
    wine: '/usr/lib/wine/wine64',
    wineserver: '/usr/lib/wine/wineserver',
    winePrefix: join(cache, 'wine/drive_c/windows/system32/bcryptprimitives.dll'),
    git: onPath('git'),
    unzip: onPath('unzip'),
    setpriv: onPath('setpriv'),
    taskset: onPath('taskset'),
    faketime: onPath('faketime'),
    ruby: onPath('ruby'),
    patchelf: onPath('patchelf'),
    goreleaser: join(dirname(cache), 'slipway-bench/goreleaser/goreleaser'),
  };
}

export function findTools(): Tools {
  const found = places();
  const missing = Object.entries(found).filter(([, path]) => path === undefined || !existsSync(path)).map(([name, path]) => `${name} (${path ?? 'not on PATH'})`);
  if (process.platform !== 'linux' || process.arch !== 'x64') missing.unshift(`Linux on x64 (this is ${process.platform} on ${process.arch})`);
  if (process.getuid?.() !== 0) missing.unshift('root (a build by another user is part of the suite)');
  if (missing.length > 0) throw new Error(`The end-to-end suite misses:\n${missing.map((one) => `  ${one}\n`).join('')}Nothing is skipped. Run: sh testkit/e2e/install-tools`);
  const tools = found as Tools;
  return {
    ...tools,
    pinnedNode: realpathSync(tools.pinnedNode),
    systemNode: realpathSync(tools.systemNode),
    systemNpm: realpathSync(tools.systemNpm),
    arm64Root: dirname(dirname(tools.arm64Root)),
    winePrefix: join(cache, 'wine'),
  };
}

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}
