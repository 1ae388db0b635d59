/**
 * The npm wrapper's option directBin: npm links a command straight to the executable, and no Node is in between.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mustRun } from './command.ts';
import { manage, openPlace, type Place } from './place.ts';
import { publish } from './registry.ts';
import { copyOfHello, environment, openHome, readWorld } from './world.ts';

const world = readWorld();
const { tools } = world;
const version = '2.0.0-beta.1';
const folder = join(world.folder, 'direct-bin');
const project = join(folder, 'hello');

beforeAll(async () => {
  mkdirSync(folder);
  copyOfHello(project);
  // Several targets: npm must drop the packages of the other platforms without dropping the links with them.
  writeFileSync(join(project, 'slipway.config.json'), JSON.stringify({ targets: ['linux-x64', 'linux-arm64'], wrappers: { npm: { directBin: true } } }));
  const env = { ...environment(openHome(folder, 'home'), [world.programs]), SLIPWAY_CACHE_DIR: world.cache };
  await mustRun([join(world.slipway.dist, 'bin/linux-x64/slipway'), 'dist', '--wrapper', 'npm', '--set-version', version], { cwd: project, env });
  await publish(tools, world.registry, join(project, 'dist'), folder, 'direct');
});

describe.each([
  ['npm', 'system', tools.systemNpm],
  ['npm 12', 'pinned', tools.pinnedNpm],
] as const)('%s', (title, node, npm) => {
  let place: Place;
  beforeAll(async () => {
    place = openPlace(world, `${title} direct`, { node });
    await manage(place, ['node', npm, 'install', '--ignore-scripts', 'hello@direct']);
  });
  afterAll(() => place.remove());

  test('the command is the executable itself', () => {
    const linked = realpathSync(join(place.project, 'node_modules/.bin/hello'));
    expect(sha256(linked)).toBe(sha256(join(project, 'dist/bin/linux-x64/hello')));
  });

  test('both names run without a Node', async () => {
    const env = environment(place.home, [world.programs]);
    const said = async (command: string): Promise<string> => (await mustRun([join(place.project, 'node_modules/.bin', command), 'you'], { cwd: place.project, env })).stdout.toString();
    expect(await said('hello')).toBe('Hello, you!\n');
    const daemon = await mustRun([join(place.project, 'node_modules/.bin/hellod'), '--version'], { cwd: place.project, env });
    expect(daemon.stdout.toString()).toMatch(/^hellod /);
  });
});

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
