import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scratchFolder } from '../read/scratch.fixture.ts';
import { noise } from '../read/packing.fixture.ts';
import { Dist, membersOf, pack, paths, plan, program } from './dist.fixture.ts';
import type { VerifyCell, VerifyReport } from './report.ts';
import { verifyDist } from './verify.ts';

const scratch = scratchFolder();
const megabytes = 3_000_000;
const programs = { linux: program(megabytes, 1), windows: program(megabytes + 1000, 2), launcher: program(20_000, 3) };
const dist = new Dist(`${scratch.path}/dist`, programs);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
afterEach(() => dist.restore());

const verify = (): Promise<VerifyReport> => verifyDist(dist.root);
const found = ({ problems }: VerifyReport): readonly (readonly [string, string])[] => problems.map(({ kind, path }) => [kind, path] as const);
const files = [...dist.pristine].filter(([, content]) => Buffer.isBuffer(content)).map(([path]) => path);
const packages = files.filter((path) => /^(archives|npm|python)/.test(path));

describe('an untouched dist', () => {
  test('is proved cell by cell', async () => {
    const seen: VerifyCell[] = [];
    const report = await verifyDist(dist.root, { onCell: (cell) => void seen.push(cell) });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, product: { name: 'tool', version: '1.4.0' }, targets: plan.selected.targets, columns: ['binary', 'archive', 'npm', 'pip'] });
    const row = (target: string, own: Readonly<Record<string, string>>, bytes: Buffer): readonly object[] =>
      ['binary', 'archive', 'npm', 'pip'].map((column) => ({ target, column, state: 'ok', path: own[column], sha256: sha256(bytes) }));
    expect(report.cells).toEqual([
      ...row('linux-x64', paths.linux, programs.linux.bytes),
      ...row('windows-x64', paths.windows, programs.windows.bytes),
      { target: 'linux-x64-musl', column: 'binary', state: 'ok', path: 'bin/linux-x64-musl/tool', sha256: sha256(noise(5000, 99)) },
      ...['archive', 'npm', 'pip'].map((column) => ({ target: 'linux-x64-musl', column, state: 'skipped', reason: 'nobody asked for it' })),
    ]);
    expect(seen).toEqual(report.cells);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('costs one inflation of each executable and one reading of each file', async () => {
    const { work } = await verify();
    const distinct = programs.linux.bytes.length + programs.windows.bytes.length;
    const inPackages = packages.reduce((sum, path) => sum + dist.read(path).length, 0);
    const inFiles = files.reduce((sum, path) => sum + dist.read(path).length, 0);
    expect(work.bytesInflated).toBeGreaterThanOrEqual(distinct);
    expect(work.bytesInflated).toBeLessThan(distinct + 200_000);
    // Every file, what was inflated, and the spans once more in the packages that share them.
    expect(work.bytesHashed).toBeLessThan(inFiles + distinct + inPackages);
  });
});

test('what was just read is not read again, and still held against every package', async () => {
  const { path, bytes } = { path: `${dist.root}/${paths.linux.binary}`, bytes: programs.linux.bytes };
  const again = (known: Buffer): Promise<VerifyReport> => verifyDist(dist.root, { known: new Map([[path, { size: known.length, sha256: sha256(known) }]]) });
  const [{ work: cold }, { ok, work }] = [await verify(), await again(bytes)];
  expect([ok, cold.bytesHashed - work.bytesHashed]).toEqual([true, bytes.length]);
  const other = await again(noise(bytes.length, 5));
  expect(found(other).map(([kind]) => kind)).toEqual(['digest', 'executable', 'executable', 'executable']);
});

test('a folder without a plan is no dist', async () => {
  await expect(verifyDist(scratch.path)).rejects.toMatchObject({ code: 'DIST_NOT_FOUND', hint: expect.stringContaining('slipway dist') });
  await expect(verifyDist(`${scratch.path}/nothing`)).rejects.toMatchObject({ code: 'DIST_NOT_FOUND' });
});

describe('a file that is removed is missed', () => {
  test.each(files.filter((path) => path !== 'plan.json'))('%s', async (path) => {
    dist.remove(path);
    const report = await verify();
    expect(found(report)).toEqual([['missing', path]]);
    expect(report.cells.filter(({ state }) => state === 'problem').map((cell) => ('path' in cell ? cell.path : ''))).toEqual(report.cells.some((cell) => 'path' in cell && cell.path === path) ? [path] : []);
  });

  test('a removed file is missed when both records were written anew', async () => {
    dist.remove(paths.linux.npm);
    dist.recordArtifacts();
    dist.recordChecksums();
    expect(found(await verify())).toEqual([['record', paths.linux.npm], ['missing', paths.linux.npm]]);
  });

  test('a whole folder', async () => {
    for (const path of files.filter((one) => one.startsWith('npm/'))) dist.remove(path);
    expect(found(await verify()).map(([kind]) => kind)).toEqual(['missing', 'missing', 'missing']);
  });
});

/** Positions drawn once, the same in every run. */
function flip(path: string, seed: number): void {
  const bytes = Buffer.from(dist.read(path));
  const at = noise(4, seed * 1009 + path.length).readUInt32LE() % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (seed % 8));
  dist.write(path, bytes);
}

describe('one flipped byte anywhere is noticed', () => {
  const digested = files.filter((path) => path !== 'plan.json' && path !== 'artifacts.json' && path !== 'checksums.txt');

  test.each(Array.from({ length: 6 }, (_, i) => i + 1))('in every artifact at once, sample %i', async (seed) => {
    for (const path of digested) flip(path, seed);
    const report = await verify();
    expect(found(report).filter(([kind]) => kind === 'digest').map(([, path]) => path).toSorted()).toEqual(digested.toSorted());
  });

  test('in one artifact only that one is named, and the cells beside it stay proved', async () => {
    flip(paths.linux.archive, 5);
    const report = await verify();
    expect(new Set(found(report).map(([, path]) => path))).toEqual(new Set([paths.linux.archive]));
    expect(report.cells.filter(({ state }) => state === 'problem')).toHaveLength(1);
  });

  test.each(packages)('in %s although checksums.txt was written anew', async (path) => {
    flip(path, 3);
    dist.recordChecksums();
    expect(found(await verify())).toEqual(expect.arrayContaining([['digest', path], ['checksum', path]]));
  });

  test.each(['linux', 'windows'] as const)('in the compressed executable of %s although both records were written anew', async (side) => {
    for (const path of [paths[side].archive, paths[side].npm, paths[side].pip]) {
      const bytes = Buffer.from(dist.read(path));
      bytes[1_500_000] = (bytes[1_500_000] ?? 0) ^ 4;
      dist.write(path, bytes);
      dist.recordArtifacts();
      dist.recordChecksums();
      expect(found(await verify())).toEqual([['malformed', path]]);
      dist.restore();
    }
  });
});

describe('an executable that was exchanged is noticed', () => {
  const other = program(megabytes, 8);
  const sides = (['linux', 'windows'] as const).flatMap((side) => (['archive', 'npm', 'pip'] as const).map((wrapper) => [side, wrapper] as const));
  const exchange = (path: string, side: 'linux' | 'windows', by = other): void => dist.write(path, pack(path, membersOf(path, { ...programs, [side]: by })));

  test.each(sides)('in %s %s', async (side, wrapper) => {
    const path = paths[side][wrapper];
    exchange(path, side);
    const kinds = found(await verify());
    expect(kinds).toEqual(expect.arrayContaining([['executable', path]]));
    expect(kinds.every(([kind, where]) => where === path && ['executable', 'digest', 'size'].includes(kind))).toBe(true);
  });

  test.each(sides)('in %s %s although both records were written anew', async (side, wrapper) => {
    const path = paths[side][wrapper];
    exchange(path, side);
    dist.recordArtifacts();
    dist.recordChecksums();
    const report = await verify();
    expect(report.problems).toEqual([{ kind: 'executable', path, message: expect.stringContaining(`is ${sha256(other.bytes)}, ${paths[side].binary} is ${sha256(programs[side].bytes)}`) }]);
    expect(report.cells.filter(({ state }) => state === 'problem')).toEqual([expect.objectContaining({ path, sha256: sha256(other.bytes) })]);
  });

  test('with the one of another target', async () => {
    exchange(paths.windows.npm, 'windows', programs.linux);
    dist.recordArtifacts();
    dist.recordChecksums();
    expect(found(await verify())).toEqual([['executable', paths.windows.npm]]);
  });

  test('in bin/, although both records were written anew', async () => {
    dist.write(paths.linux.binary, other.bytes);
    dist.recordArtifacts();
    dist.recordChecksums();
    expect(found(await verify())).toEqual([['executable', paths.linux.archive], ['executable', paths.linux.npm], ['executable', paths.linux.pip]]);
  });

  test('between packages, when nothing is left of bin/ and its line', async () => {
    dist.remove(paths.linux.binary);
    exchange(paths.linux.pip, 'linux');
    dist.recordArtifacts();
    dist.recordChecksums();
    expect(found(await verify())).toEqual([['record', paths.linux.binary], ['missing', paths.linux.binary], ['executable', paths.linux.pip]]);
  });

  test('when a launcher is another program', async () => {
    const path = paths.windows.npm;
    dist.write(path, pack(path, membersOf(path, { ...programs, launcher: program(20_000, 9) })));
    dist.recordArtifacts();
    dist.recordChecksums();
    expect(found(await verify())).toEqual([['alias', path]]);
  });
});
