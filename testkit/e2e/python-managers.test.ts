import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from './command.ts';
import { type Copy, drive } from './drive.ts';
import { manage, openPlace, type Place } from './place.ts';
import { pythonManagers } from './python-managers.ts';
import { readWorld, slice } from './world.ts';

const world = readWorld();

describe.each(pythonManagers.filter((manager) => !slice || manager.slice === true))('$title', ({ title, place: options, install }) => {
  let place: Place;
  let copy: Copy;
  beforeAll(async () => {
    place = openPlace(world, title, options);
    copy = { owner: 'pip', cwd: place.project, env: place.env, folder: place.folder, ...(await install(world, place)) };
  });
  afterAll(() => place.remove());

  test('no Node is on its PATH', async () => {
    expect((await run(['/bin/sh', '-c', 'command -v node'], { cwd: copy.cwd, env: copy.env })).code).toBe(127);
  });
  drive(world, () => copy);
});

describe('the source distribution alone', () => {
  let place: Place;
  beforeAll(() => void (place = openPlace(world, 'sdist', {})));
  afterAll(() => place.remove());

  test('fails with one message that names the platforms', async () => {
    const folder = join(world.slipway.dist, 'python/sdist');
    const [sdist = ''] = readdirSync(folder);
    const venv = join(place.folder, 'venv');
    await manage(place, [world.tools.python, '-m', 'venv', venv]);
    const outcome = await run([join(venv, 'bin/python'), '-m', 'pip', 'install', '--disable-pip-version-check', '--no-index', join(folder, sdist)], { cwd: place.project, env: place.env });
    expect(outcome.code).toBe(1);
    const said = `${outcome.stdout}${outcome.stderr}`;
    expect(said.match(/cannot be built from source/g)).toHaveLength(1);
    for (const platform of ['Linux on x86_64', 'Linux on aarch64', 'on arm64', 'Windows on amd64', 'Windows on arm64']) expect(said).toContain(platform);
    expect(said).not.toContain('Traceback');
  });
});
