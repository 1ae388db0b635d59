/**
 * `slipway patch` and `slipway diff`, killed or failed at every call that changes a file, on disks that are too small, and
 * from bases that change: no output or the whole one, and the next run goes on behind the last whole frame.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listCalls, requireStrace, runWithFault, type Call, type Fault } from './injection.ts';
import { requireMounts, withTmpfs } from './mounts.ts';
import { expectFailure, expectSomeFailure, expectSuccess } from './outcome.ts';
import { run, start } from './program.ts';
import type { Project } from './project.ts';
import { sampled, scratchFolder } from './suite.ts';
import { recorded, rounds } from './transcript.ts';

/** Some frames of the patch format. */
const base = Buffer.alloc(14_000_000, 'A slipway is where ships are launched.');
base.set(randomBytes(4_000_000), 5_000_000);
const next = Buffer.from(base);
for (let at = 500_000; at < next.length; at += 700_001) next.write('another version', at);

let patch: Buffer;
let frames: number;
let frameSize: number;
const args = ['patch', 'base', 'app.patch', '-o', 'out/app'] as const;

beforeAll(async () => {
  requireStrace();
  requireMounts();
  const place = folderOf();
  writeFileSync(join(place.root, 'next'), next);
  expectSuccess(await run(place, ['diff', 'base', 'next', '-o', 'app.patch']));
  patch = readFileSync(join(place.root, 'app.patch'));
  const made = await run(place, [...args, '--json']);
  expectSuccess(made);
  ({ frames } = JSON.parse(made.stdout) as { readonly frames: number });
  frameSize = 2 ** Math.ceil(Math.log2(next.length / frames));
  expect(frames).toBeGreaterThan(2);
});

/** A folder with a base, a patch and a place for the output, as a project. */
function folderOf(): Project {
  const folder = scratchFolder('patch');
  const place: Project = { folder, root: folder, dist: join(folder, 'out'), home: join(folder, 'home'), cache: join(folder, 'cache') };
  for (const path of [place.dist, place.home, place.cache]) mkdirSync(path);
  writeFileSync(join(folder, 'base'), base);
  if (patch !== undefined) writeFileSync(join(folder, 'app.patch'), patch);
  return place;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const left = ({ dist }: Project): readonly string[] => readdirSync(dist).filter((name) => name !== 'app');

/** No output, the old one, or the whole new one. */
function expectNothingHalf({ dist }: Project, old?: string): void {
  const path = join(dist, 'app');
  const present = existsSync(path) ? sha256(readFileSync(path)) : undefined;
  expect([sha256(next), old]).toContain(present);
}

/** Frames that the journal of a killed run has. */
function finished({ dist }: Project): number {
  const [folder] = left({ dist } as Project);
  const journal = folder === undefined ? '' : join(dist, folder, 'journal');
  return existsSync(journal) ? Number(readFileSync(journal, 'utf8').split('\n').slice(1).at(-2) ?? 0) : 0;
}

interface Written {
  /** Bytes written to and read from the unfinished file. */
  readonly written: number;
  readonly read: number;
}

/** Run to the end and count what happens to the unfinished file. */
async function completed(place: Project): Promise<Written> {
  const log = join(place.folder, 'second.log');
  const ran = await run(place, args, { under: ['strace', '-f', '-qq', '-y', '-s', '0', '-o', log, '-e', 'trace=read,pread64,readv,preadv,preadv2,write,pwrite64,writev,pwritev,pwritev2,mmap,copy_file_range,sendfile'] });
  expectSuccess(ran);
  expect(sha256(readFileSync(join(place.dist, 'app')))).toBe(sha256(next));
  expect(left(place)).toEqual([]);
  const calls = readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('.making-') && line.includes('/file>'));
  const sum = (verb: RegExp): number => calls.filter((line) => verb.test(line)).reduce((total, line) => total + Number(/= (\d+)$/.exec(line)?.[1] ?? 0), 0);
  return { written: sum(/\bp?write/), read: sum(/read|mmap|copy_file_range|sendfile/) };
}

const errors: readonly Fault[] = ['error=ENOSPC', 'error=EIO', 'error=EACCES'];
type Attempt = readonly [Call, Fault];
const titleOf = ([{ name, ordinal, text }, fault]: Attempt): string => `${fault} at ${name} ${ordinal}: ${text}`;

test('killed at every call that changes a file: no output or the whole; the next run writes only what was not finished and reads none of it', recorded(async () => {
  const undisturbed = folderOf();
  const calls = await listCalls(undisturbed, args, [undisturbed.dist]);
  expect(calls.length).toBeGreaterThan(2 * frames);
  let [killed, resumed] = [0, 0];
  await rounds(sampled(calls, 10).map((call): Attempt => [call, 'signal=KILL']), titleOf, async ([call, fault]) => {
    const place = folderOf();
    const { ran } = await runWithFault(place, args, call, fault);
    expect(ran.signal).toBe('SIGKILL');
    killed += 1;
    expectNothingHalf(place);
    const present = existsSync(join(place.dist, 'app'));
    const done = finished(place);
    if (done > 0) resumed += 1;
    const { written, read } = await completed(place);
    expect(read).toBe(0);
    if (!present) expect(written).toBe(next.length - Math.min(next.length, done * frameSize));
  });
  process.stderr.write(`slipway patch, ${calls.length} calls: killed at ${killed}, ${resumed} of these resumed\n`);
  expect(resumed).toBeGreaterThan(0);
}));

test('an error of every call that changes a file: one error, nothing left, the old output stays', recorded(async () => {
  const undisturbed = folderOf();
  writeFileSync(join(undisturbed.dist, 'app'), 'old');
  const calls = await listCalls(undisturbed, args, [undisturbed.dist]);
  await rounds(sampled(calls, 10).map((call, index): Attempt => [call, errors[index % errors.length] as Fault]), titleOf, async ([call, fault]) => {
    const place = folderOf();
    writeFileSync(join(place.dist, 'app'), 'old');
    const { ran } = await runWithFault(place, args, call, fault);
    if (ran.code !== 0) expectSomeFailure(ran, ['DISK_FULL', 'IO_FAILED', 'DIST_UNWRITABLE']);
    expectNothingHalf(place, sha256(Buffer.from('old')));
    if (!/^(unlink|rmdir)/.test(call.name) && !(call.name === 'openat' && call.text.includes('O_DIRECTORY'))) expect(left(place)).toEqual([]);
    await completed(place);
  });
}));

test('diff killed at every call that changes a file: no patch or the whole one', recorded(async () => {
  const command = ['diff', 'base', 'next', '-o', 'out/app'];
  const prepared = (): Project => {
    const place = folderOf();
    writeFileSync(join(place.root, 'next'), next);
    return place;
  };
  const undisturbed = prepared();
  const calls = await listCalls(undisturbed, command, [undisturbed.dist]);
  await rounds(sampled(calls, 4).map((call): Attempt => [call, 'signal=KILL']), titleOf, async ([call, fault]) => {
    const place = prepared();
    await runWithFault(place, command, call, fault);
    const path = join(place.dist, 'app');
    if (existsSync(path)) expect(sha256(readFileSync(path))).toBe(sha256(patch));
    expectSuccess(await run(place, command));
    expect(sha256(readFileSync(path))).toBe(sha256(patch));
    expect(left(place)).toEqual([]);
  });
}));

describe('a disk that is too small', () => {
  test.each(['size=64k', 'size=6m', 'size=13m', 'nr_inodes=2'])('%s: one error, and what was there stays', (limit) => recorded(async () => {
    const place = folderOf();
    await withTmpfs(place.dist, limit, async ({ resize }) => {
      writeFileSync(join(place.dist, 'app'), 'old');
      expectFailure(await run(place, args), { code: 'DISK_FULL' });
      expect(readFileSync(join(place.dist, 'app'), 'utf8')).toBe('old');
      expect(left(place)).toEqual([]);
      resize('size=64m,nr_inodes=100');
      await completed(place);
    });
  })());
});

describe('a base that changes while it is read', () => {
  /** Change it when the first frame is on the disk: the base has been hashed by then. */
  async function changing(change: (path: string) => void): Promise<void> {
    const place = folderOf();
    const tracer = ['strace', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:delay_exit=400000:when=1'];
    const running = start(place, args, { under: tracer });
    while (left(place).length === 0 || finished(place) === 0) {
      if (running.child.exitCode !== null) throw new Error('it ended before it could be disturbed');
      const journal = left(place)[0];
      if (journal !== undefined && existsSync(join(place.dist, journal, 'file')) && statSync(join(place.dist, journal, 'file')).size >= frameSize) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    change(join(place.root, 'base'));
    const ran = await running.ended;
    // A patch is decoded with the base at hand: another base can look like a damaged patch.
    expectSomeFailure(ran, ['PATCH_MISMATCH', 'PATCH_INVALID', 'IO_FAILED']);
    expect(readdirSync(place.dist)).toEqual([]);
  }

  test('other bytes', recorded(() => changing((path) => writeFileSync(path, base.map((byte) => byte ^ 1), { flag: 'r+' }))));
  test('shorter', recorded(() => changing((path) => writeFileSync(path, 'short'))));
});

test('interrupted: finished frames are kept for the next run', recorded(async () => {
  const place = folderOf();
  const running = start(place, args, { under: ['strace', '-qq', '-o', '/dev/null', '-e', 'trace=fsync', '-e', 'inject=fsync:delay_exit=300000'] });
  while (finished(place) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const [pid] = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8').trim().split(' ').map(Number);
  if (pid === undefined) throw new Error('strace has no child');
  process.kill(pid, 'SIGINT');
  expectFailure(await running.ended, { code: 'INTERRUPTED' });
  const done = finished(place);
  expect(done).toBeGreaterThan(0);
  const { written, read } = await completed(place);
  expect({ written, read }).toEqual({ written: next.length - done * frameSize, read: 0 });
}));

test('two runs at once write one whole file', recorded(async () => {
  const place = folderOf();
  for (const ran of await Promise.all([run(place, args), run(place, args)])) expectSuccess(ran);
  expect(readdirSync(place.dist)).toEqual(['app']);
  expectNothingHalf(place);
}));
