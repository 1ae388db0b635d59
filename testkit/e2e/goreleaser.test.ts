/** goreleaser.yaml, by GoReleaser itself: it accepts it, and a snapshot packs the executables that are in dist/bin. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { targetIds } from '@slipway/core';
import { mustRun, run } from './command.ts';
import { environment, readWorld, repository } from './world.ts';

const world = readWorld();
const { tools, slipway } = world;
const folder = join(world.folder, 'goreleaser');
const checkout = join(folder, 'checkout');
const env = { ...environment(homedir(), [dirname(tools.git), '/usr/bin', '/bin']), SLIPWAY_VERSION: slipway.version };
/** Milliseconds: GoReleaser compresses 800 MB by itself. */
const patience = 900_000;

/** A clone with the files as they are here, and the built dist/ without a copy. */
beforeAll(async () => {
  mkdirSync(folder);
  await mustRun([tools.git, '-c', 'safe.directory=*', 'clone', '--quiet', repository, checkout], { cwd: folder, env });
  for (const path of ['goreleaser.yaml', 'goreleaser', 'docs', 'README.md']) cpSync(join(repository, path), join(checkout, path), { recursive: true });
  symlinkSync(slipway.dist, join(checkout, 'dist'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('GoReleaser accepts the configuration', async () => {
  expect((await run([tools.goreleaser, 'check'], { cwd: checkout, env })).stderr.toString()).toContain('1 configuration file(s) validated');
});

test('a snapshot packs every target’s own executable, and the other name beside it', async () => {
  await mustRun([tools.goreleaser, 'release', '--snapshot', '--clean'], { cwd: checkout, env, limit: patience });
  const made = readdirSync(join(checkout, 'dist-goreleaser')).filter((name) => /\.(tar\.gz|zip)$/.test(name));
  expect(made.toSorted()).toEqual(targetIds.map((id) => `slipway-v${slipway.version}-${id}${id.startsWith('windows') ? '.zip' : '.tar.gz'}`).toSorted());
  for (const id of targetIds) {
    const suffix = id.startsWith('windows') ? '.exe' : '';
    const stem = `slipway-v${slipway.version}-${id}`;
    const archive = join(checkout, 'dist-goreleaser', `${stem}${suffix === '' ? '.tar.gz' : '.zip'}`);
    const unpacked = join(folder, 'unpacked');
    mkdirSync(unpacked);
    await mustRun(suffix === '' ? ['/bin/tar', '-xzf', archive, '-C', unpacked] : [tools.unzip, '-q', archive, '-d', unpacked], { cwd: folder, env });
    expect([id, digest(join(unpacked, stem, `slipway${suffix}`))]).toEqual([id, digest(join(slipway.dist, 'bin', id, `slipway${suffix}`))]);
    expect([id, existsSync(join(unpacked, stem, `slipwayd${suffix}`)), existsSync(join(unpacked, stem, 'man/slipway.1'))]).toEqual([id, true, true]);
    if (id === 'linux-x64') expect((await mustRun([join(unpacked, stem, 'slipwayd'), '--version'], { cwd: folder, env })).stdout.toString().trim()).toBe(slipway.version);
    rmSync(unpacked, { recursive: true });
  }
}, patience);

test('without an executable, the tool says what to run', async () => {
  const outcome = await run([join(checkout, 'goreleaser/copy-built'), 'build', '--copy', '--target', 'bun-linux-x64', '--outfile', join(folder, 'x'), 'nothing'], { cwd: folder, env });
  expect([outcome.code, outcome.stderr.toString()]).toEqual([1, 'copy-built: there is no dist/bin/linux-x64/nothing. Run: make dist-all\n']);
});

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
