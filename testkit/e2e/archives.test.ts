import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Copy, drive } from './drive.ts';
import { manage, openPlace, type Place } from './place.ts';
import { readWorld } from './world.ts';

const world = readWorld();

describe('tar', () => {
  let place: Place;
  let copy: Copy;
  beforeAll(async () => {
    place = openPlace(world, 'tar', {});
    const folder = join(place.folder, 'unpacked');
    mkdirSync(folder);
    const names = { slipway: `slipway-v${world.slipway.version}-linux-x64`, hello: `hello-v${world.hello.version}-linux-x64` };
    await manage(place, ['/bin/tar', '-xzf', join(world.slipway.dist, 'archives', `${names.slipway}.tar.gz`), '-C', folder]);
    await manage(place, ['/bin/tar', '-xzf', join(world.hello.dist, 'archives', `${names.hello}.tar.gz`), '-C', folder]);
    copy = {
      words: (command) => [join(folder, command.startsWith('slipway') ? names.slipway : names.hello, command)],
      through: [],
      owner: 'archive',
      cwd: place.project,
      env: place.env,
      folder: place.folder,
    };
  });
  afterAll(() => place.remove());
  drive(world, () => copy);
});
