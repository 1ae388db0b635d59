/** `slipway diff` and `slipway patch`, as they are started. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

const program = join(import.meta.dirname, '../../bin/slipway.js');
const root = mkdtempSync(join(tmpdir(), 'slipway-patch-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Three frames of the patch format, so that there is something between the first and the last. */
const base = Uint8Array.from({ length: 9_000_000 }, (_, at) => (at * 7919) >>> 11);
const next = Uint8Array.from(base);
for (let at = 1_000_000; at < next.length; at += 1_000_003) next.set(Buffer.from('another version'), at);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let made: string;

function slipway(...args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: root } });
  return { code: status, stdout, stderr };
}

beforeAll(() => {
  folder = made = mkdtempSync(join(root, 'made-'));
  writeFileSync(join(folder, 'base'), base, { mode: 0o755 });
  writeFileSync(join(folder, 'next'), next);
  expect(slipway('diff', 'base', 'next', '-o', 'patch')).toMatchObject({ code: 0, stderr: '' });
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  for (const name of ['base', 'next', 'patch']) copyFileSync(join(made, name), join(folder, name));
});
const names = (): readonly string[] => readdirSync(folder).sort();
const isNext = (name: string): boolean => Buffer.compare(readFileSync(join(folder, name)), next) === 0;

describe('diff', () => {
  test('says how large the patch is', () => {
    expect(slipway('diff', 'base', 'next', '-o', 'again').stdout).toMatch(/^again: \d+ bytes, 0\.\d\d% of 9\.0 MB\n$/);
    expect(readFileSync(join(folder, 'again'))).toEqual(readFileSync(join(folder, 'patch')));
    expect(names()).toEqual(['again', 'base', 'next', 'patch']);
  });

  test('--stats says what it is made of', () => {
    expect(slipway('diff', 'base', 'next', '-o', 'again', '--stats').stdout).toMatch(/^again: .*\npart +bytes\n(\w+ +\d+\n)+whole patch +\d+\n$/);
  });

  test('--json', () => {
    const { stdout, stderr } = slipway('diff', 'base', 'next', '-o', 'again', '--json');
    expect(JSON.parse(stdout)).toEqual({ patch: join(folder, 'again'), patchSize: statSync(join(folder, 'patch')).size, baseSize: base.length, nextSize: next.length, variant: expect.any(String), streams: expect.any(Object) });
    expect(stderr).toBe('');
  });
});

describe('patch', () => {
  test('makes the new file, which may be run as the old one', () => {
    expect(slipway('patch', 'base', 'patch', '-o', 'made')).toEqual({ code: 0, stdout: `made: 9.0 MB, SHA-256 ${sha256(next)}\n`, stderr: '' });
    expect(isNext('made')).toBe(true);
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(0o755);
    expect(names()).toEqual(['base', 'made', 'next', 'patch']);
  });

  test('--json', () => {
    expect(JSON.parse(slipway('patch', 'base', 'patch', '-o', 'made', '--json').stdout)).toEqual({ written: join(folder, 'made'), size: next.length, sha256: sha256(next), frames: expect.any(Number), resumedFrames: 0 });
  });

  test('in place', () => {
    expect(slipway('patch', 'base', 'patch', '-o', 'base').code).toBe(0);
    expect(isNext('base')).toBe(true);
    expect(names()).toEqual(['base', 'next', 'patch']);
  });

  test('goes on behind the frames of a killed run, without writing them again', () => {
    const { frames } = JSON.parse(slipway('patch', 'base', 'patch', '-o', 'made', '--json').stdout) as { readonly frames: number };
    rmSync(join(folder, 'made'));
    const frameSize = 2 ** Math.ceil(Math.log2(next.length / frames));
    const left = join(folder, `.made.making-${spawnSync('true').pid}-0-0a`);
    mkdirSync(left);
    writeFileSync(join(left, 'journal'), `${JSON.stringify({ format: 1, key: sha256(readFileSync(join(folder, 'patch'))), size: next.length, pieceSize: frameSize })}\n1\n2\n`);
    writeFileSync(join(left, 'file'), next.subarray(0, 2 * frameSize + 99));
    expect(slipway('patch', 'base', 'patch', '-o', 'made').stdout).toBe(`made: 9.0 MB, SHA-256 ${sha256(next)}, 2 of ${frames} frames from an earlier run\n`);
    expect(isNext('made')).toBe(true);
    expect(names()).toEqual(['base', 'made', 'next', 'patch']);
  });
});

describe('one clear error, and nothing under the final name', () => {
  test.each<[string, readonly string[], number, string, (() => void)?]>([
    ['no output named', ['patch', 'base', 'patch'], 2, 'USAGE'],
    ['a base that is not there', ['patch', 'nowhere', 'patch', '-o', 'made'], 2, 'FILE_MISSING'],
    ['a patch that is not there', ['patch', 'base', 'nowhere', '-o', 'made'], 2, 'FILE_MISSING'],
    ['a next that is not there', ['diff', 'base', 'nowhere', '-o', 'made'], 2, 'FILE_MISSING'],
    ['a base that is a folder', ['diff', '.', 'next', '-o', 'made'], 2, 'FILE_MISSING'],
    ['an output that is a folder', ['patch', 'base', 'patch', '-o', '.'], 2, 'USAGE'],
    ['an output in a folder that is not there', ['patch', 'base', 'patch', '-o', 'nowhere/made'], 74, 'IO_FAILED'],
    ['a patch written over its base', ['diff', 'base', 'next', '-o', 'base'], 2, 'USAGE'],
    ['a patch written over a link to its next', ['diff', 'base', 'next', '-o', 'link'], 2, 'USAGE', () => symlinkSync('next', join(folder, 'link'))],
    ['a file written over its patch', ['patch', 'base', 'patch', '-o', 'patch'], 2, 'USAGE'],
    ['two outputs', ['patch', 'base', 'patch', '-o', 'one', '-o', 'two'], 2, 'USAGE'],
    ['something that is no patch', ['patch', 'base', 'next', '-o', 'made'], 65, 'PATCH_INVALID'],
    ['an empty patch', ['patch', 'base', 'patch', '-o', 'made'], 65, 'PATCH_INVALID', () => writeFileSync(join(folder, 'patch'), '')],
    ['a patch that is cut off', ['patch', 'base', 'patch', '-o', 'made'], 65, 'PATCH_INVALID', () => writeFileSync(join(folder, 'patch'), readFileSync(join(folder, 'patch')).subarray(0, 120))],
    ['another base', ['patch', 'next', 'patch', '-o', 'made'], 65, 'PATCH_WRONG_BASE'],
    ['a longer base', ['patch', 'base', 'patch', '-o', 'made'], 65, 'PATCH_WRONG_BASE', () => appendFileSync(join(folder, 'base'), 'x')],
  ])('%s', (_, args, exit, code, prepare) => {
    prepare?.();
    const before = names();
    const { code: status, stdout, stderr } = slipway(...args);
    expect({ status, stdout, stderr }).toEqual({ status: exit, stdout: '', stderr: expect.stringMatching(new RegExp(`^error\\[${code}\\]: .+\nhint: .+\n$`)) });
    expect(names()).toEqual(before);
  });
});
