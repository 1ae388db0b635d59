import { afterAll, beforeAll, describe } from '@jest/globals';
import { mustRun } from './command.ts';
import { type Copy, drive } from './drive.ts';
import { nodeManagers } from './node-managers.ts';
import { openPlace, type Place } from './place.ts';
import { readWorld, slice } from './world.ts';

const world = readWorld();

describe.each(nodeManagers.filter((manager) => !slice || manager.slice === true))('$title', ({ title, place: options, install }) => {
  let place: Place;
  let copy: Copy;
  beforeAll(async () => {
    place = openPlace(world, title, options);
    const stays = await launcherStays(place);
    copy = { owner: 'npm', cwd: place.project, env: place.env, folder: place.folder, ...(stays ? { parentStays: true } : {}), ...(await install(world, place)) };
  });
  afterAll(() => place.remove());
  drive(world, () => copy);
});

/** The launcher replaces itself from Node 22.15 on. */
async function launcherStays({ project, env }: Place): Promise<boolean> {
  const { stdout } = await mustRun(['node', '--print', 'typeof process.execve'], { cwd: project, env });
  return stdout.toString().trim() !== 'function';
}
