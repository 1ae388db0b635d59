import { targetIds, targetOf } from '@slipway/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeExecutable } from './fake-executable.ts';

describe.each(targetIds)('the fake for %s', (id) => {
  const make = (seed: string): Buffer => Buffer.from(fakeExecutable(targetOf(id), seed));

  test('is the same for the same seed and another for another', () => {
    expect(make('one').equals(make('one'))).toBe(true);
    expect(make('one').equals(make('two'))).toBe(false);
  });

  test('holds its seed and stays small', () => {
    expect(make('a seed – mit Umlaut ü').includes('a seed – mit Umlaut ü\n')).toBe(true);
    expect(make('x'.repeat(1024)).length).toBeLessThan(20_000);
  });

  test('takes no endless seed', () => {
    expect(() => make('x'.repeat(1025))).toThrow(RangeError);
  });
});

const runs = [
  { id: 'linux-x64', here: process.platform === 'linux' && process.arch === 'x64' && existsSync('/lib64/ld-linux-x86-64.so.2') },
  { id: 'linux-x64-musl', here: process.platform === 'linux' && process.arch === 'x64' && existsSync('/lib/ld-musl-x86_64.so.1') },
  { id: 'linux-arm64', here: process.platform === 'linux' && process.arch === 'arm64' && existsSync('/lib/ld-linux-aarch64.so.1') },
  { id: 'windows-x64', here: process.platform === 'win32' },
] as const;

describe('a fake that can run here', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fake-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const { id, here } of runs) {
    (here ? test : test.skip)(`prints its seed and exits with 0: ${id}${here ? '' : ' (skipped: this machine has another system, CPU or C library)'}`, () => {
      const path = join(folder, `${id}.exe`);
      writeFileSync(path, fakeExecutable(targetOf(id), 'hello from a fake'), { mode: 0o755 });
      const { status, stdout } = spawnSync(path, { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'hello from a fake\n' });
    });
  }
});
