/**
 * Programs for other platforms that this machine can run: arm64 Linux under qemu, x64 Windows under Wine.
 *
 * Not run anywhere here: musl (it needs musl's libstdc++, which Debian does not have), macOS and arm64 Windows. For
 * those, what the inspectors read in the executables' own bytes has to do.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Environment, mustRun, run, start } from './command.ts';
import { manage, openPlace, type Place } from './place.ts';
import { readWorld } from './world.ts';

const world = readWorld();
const { tools, slipway, hello } = world;

interface Emulated {
  readonly title: string;
  readonly prefix: readonly string[];
  readonly env: Environment;
  /** Commands for before and after the tests. */
  readonly begin?: readonly string[];
  readonly end?: readonly string[];
  readonly unpack: (product: 'slipway' | 'hello', version: string, dist: string, to: string) => readonly string[];
  /** Below the folder it was unpacked to. */
  readonly file: (product: 'slipway' | 'hello', version: string, command: string) => string;
}

const emulated: readonly Emulated[] = [
  {
    title: 'linux-arm64 under qemu, from the tar',
    prefix: [tools.qemu, '-L', tools.arm64Root],
    env: {},
    unpack: (product, version, dist, to) => ['/bin/tar', '-xzf', join(dist, `archives/${product}-v${version}-linux-arm64.tar.gz`), '-C', to],
    file: (product, version, command) => `${product}-v${version}-linux-arm64/${command}`,
  },
  {
    title: 'windows-x64 under wine, from the zip',
    prefix: [tools.wine],
    env: { WINEPREFIX: tools.winePrefix, WINEDEBUG: '-all' },
    // Its server and services outlive the program that needed them first, and would hold that one's pipes.
    begin: ['/bin/sh', '-c', '{ "$0" --persistent && "$1" wineboot; } > /dev/null 2>&1', tools.wineserver, tools.wine],
    end: [tools.wineserver, '--kill'],
    unpack: (product, version, dist, to) => [tools.unzip, '-q', join(dist, `archives/${product}-v${version}-windows-x64.zip`), '-d', join(to, product)],
    file: (product, _, command) => `${product}/${command}.exe`,
  },
];

describe.each(emulated)('$title', ({ title, prefix, env, begin, end, unpack, file }) => {
  let place: Place;
  const words = (command: string): readonly string[] => {
    const [product, version] = command.startsWith('slipway') ? (['slipway', slipway.version] as const) : (['hello', hello.version] as const);
    return [...prefix, join(place.folder, 'unpacked', file(product, version, command))];
  };
  const setting = () => ({ cwd: place.project, env: place.env, limit: 60_000 });

  beforeAll(async () => {
    place = openPlace(world, title, { env });
    const folder = join(place.folder, 'unpacked');
    mkdirSync(folder);
    await manage(place, unpack('slipway', slipway.version, slipway.dist, folder));
    await manage(place, unpack('hello', hello.version, hello.dist, folder));
    if (begin !== undefined) await mustRun(begin, setting());
  });
  afterAll(async () => {
    if (end !== undefined) await run(end, setting());
    place.remove();
  });

  test.each([
    ['slipway', slipway.version],
    ['slipwayd', slipway.version],
    ['hello', hello.version],
    ['hellod', `hellod ${hello.version}`],
  ])('%s says its version', async (command, said) => {
    expect((await mustRun([...words(command), '--version'], setting())).stdout.toString().trimEnd()).toBe(said);
  });

  test.each([0, 3, 255])('exit code %i comes through', async (code) => {
    expect((await run([...words('hello'), '--exit', String(code)], setting())).code).toBe(code);
  });

  test('arguments arrive unchanged', async () => {
    expect((await mustRun([...words('hello'), 'two "quoted" words \\'], setting())).stdout.toString().trimEnd()).toBe('Hello, two "quoted" words \\!');
  });

  test('endless output ends when nobody reads it any more', async () => {
    const outcome = await mustRun(['/bin/sh', '-c', '"$@" | head -n 1', 'sh', ...words('hello'), '--lines'], setting());
    expect(outcome.stdout.toString().trimEnd()).toBe('line');
  });

  test('the plan of a project is the one that every platform prints', async () => {
    const options = ['plan', '--json'];
    const here = await mustRun([join(slipway.dist, 'bin/linux-x64/slipway'), ...options], { ...setting(), cwd: join(world.folder, 'hello') });
    const there = await mustRun([...words('slipway'), ...options], { ...setting(), cwd: join(world.folder, 'hello') });
    expect(JSON.parse(there.stdout.toString())).toEqual(JSON.parse(here.stdout.toString()));
  });
});

test('signals end an arm64 program as they end any other', async () => {
  const place = openPlace(world, 'arm64 signals', {});
  try {
    await manage(place, ['/bin/tar', '-xzf', join(hello.dist, `archives/hello-v${hello.version}-linux-arm64.tar.gz`), '-C', place.folder]);
    const words = [tools.qemu, '-L', tools.arm64Root, join(place.folder, `hello-v${hello.version}-linux-arm64/hello`)];
    const setting = { cwd: place.project, env: place.env, limit: 60_000 };
    expect((await run([...words, '--signal', 'SIGSEGV'], setting)).signal).toBe('SIGSEGV');
    const running = start([...words, '--wait'], setting);
    await running.firstLine;
    process.kill(running.pid, 'SIGTERM');
    expect((await running.ended).signal).toBe('SIGTERM');
  } finally {
    place.remove();
  }
});
