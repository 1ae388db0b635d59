/**
 * Two runs at once: both end well with the same bytes, or one says why it does not.
 */
import { expect, test } from '@jest/globals';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expectRecovery } from './aftermath.ts';
import { halfWritten } from './leftovers.ts';
import { dropCaches } from './mounts.ts';
import { expectFailure, expectSuccess } from './outcome.ts';
import { run, start, type Ran } from './program.ts';
import { emptyCache, helloProject, linkedCache, type Project } from './project.ts';
import { seeded } from './random.ts';
import { slice } from './suite.ts';
import { recorded, rounds } from './transcript.ts';
import { plain, readTree, type Tree } from './tree.ts';

const fakeOf = (version: string): readonly string[] => ['dist', '--fake', '--set-version', version];
const real = ['dist', '--target', 'linux-x64'];

async function undisturbed(args: readonly string[]): Promise<Tree> {
  const project = helloProject({ cache: linkedCache });
  expectSuccess(await run(project, args));
  return readTree(project.dist);
}

const apart = (delay: number): string => `${delay} ms apart`;

/** Both runs, the second one `delay` milliseconds after the first. */
async function atOnce(first: () => Promise<Ran>, second: () => Promise<Ran>, delay: number): Promise<readonly Ran[]> {
  const later = async (): Promise<Ran> => {
    await wait(delay);
    return second();
  };
  return Promise.all([first(), later()]);
}

/** A run ends well, or says that another one is there. */
function expectClear(ran: readonly Ran[]): void {
  for (const one of ran) if (one.code !== 0) expectFailure(one, { code: 'DIST_UNWRITABLE', says: [/another/] });
}

test('of one version into one folder', recorded(async () => {
  const clean = await undisturbed(fakeOf('1.0.0'));
  await rounds(seeded().moments(slice ? 2 : 10, 250), apart, async (delay) => {
    const project = helloProject({ cache: emptyCache });
    const once = (): Promise<Ran> => run(project, fakeOf('1.0.0'));
    expectClear(await atOnce(once, once, delay));
    await expectRecovery(project, { args: fakeOf('1.0.0'), clean });
  });
}));

test('of two versions into one folder: what is there afterwards is one of them, or a run has failed', recorded(async () => {
  const [old, young] = [await undisturbed(fakeOf('1.0.0')), await undisturbed(fakeOf('1.1.0'))];
  await rounds(seeded().moments(slice ? 2 : 10, 250), apart, async (delay) => {
    const project = helloProject({ cache: emptyCache });
    const ran = await atOnce(() => run(project, fakeOf('1.0.0')), () => run(project, fakeOf('1.1.0')), delay);
    expectClear(ran);
    if (ran.every(({ code }) => code === 0)) expect([plain(old), plain(young)]).toContainEqual(plain(readTree(project.dist)));
    await expectRecovery(project, { args: fakeOf('1.1.0'), clean: young, before: old });
  });
}));

test('of which the first works for long, and the system forgets when it began', recorded(async () => {
  const sign = ['sh', '-c', 'touch hook-started; sleep 4'];
  const project = helloProject({ cache: linkedCache, files: { 'slipway.config.json': JSON.stringify({ build: { sign } }) } });
  const first = start(project, real);
  while (!existsSync(join(project.root, 'hook-started'))) await wait(20);
  await wait(1500);
  const forgetting = setInterval(dropCaches, 50); // the times of /proc/PID are those of its inode, not of the process
  const second = await run(project, fakeOf('1.0.0')).finally(() => clearInterval(forgetting));
  expectFailure(second, { code: 'DIST_UNWRITABLE', says: [/another/, String(first.pid)] });
  expectSuccess(await first.ended);
}));

test('of real executables into one folder', recorded(async () => {
  const clean = await undisturbed(real);
  await rounds(seeded().moments(slice ? 1 : 2, 1500), apart, async (delay) => {
    const project = helloProject({ cache: linkedCache });
    const once = (): Promise<Ran> => run(project, real);
    expectClear(await atOnce(once, once, delay));
    await expectRecovery(project, { args: real, clean });
  });
}));

test('into two folders with one empty block cache', recorded(async () => {
  const clean = await undisturbed(real);
  await rounds(seeded().moments(slice ? 1 : 2, 1000), apart, async (delay) => {
    const one = helloProject({ cache: linkedCache });
    const two: Project = { ...helloProject(), cache: one.cache };
    for (const ran of await atOnce(() => run(one, real), () => run(two, real), delay)) expectSuccess(ran);
    for (const { dist } of [one, two]) expect(plain(readTree(dist))).toEqual(plain(clean));
    expect(halfWritten(one)).toEqual([]);
    rmSync(join(one.cache, 'blocks'), { recursive: true });
  });
}));

test('of which one verifies while the other builds anew: verify reports or passes, and harms nothing', recorded(async () => {
  const [old, young] = [await undisturbed(fakeOf('1.0.0')), await undisturbed(fakeOf('1.1.0'))];
  await rounds(seeded().moments(slice ? 2 : 8, 200), apart, async (delay) => {
    const project = helloProject({ cache: emptyCache });
    expectSuccess(await run(project, fakeOf('1.0.0')));
    const [built, verified] = await atOnce(() => run(project, fakeOf('1.1.0')), () => run(project, ['verify']), delay) as [Ran, Ran];
    expectSuccess(built);
    expect([0, 1, 2]).toContain(verified.code);
    await expectRecovery(project, { args: fakeOf('1.1.0'), clean: young, before: old });
  });
}));
