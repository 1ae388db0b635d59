import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fsContract } from '@slipway/testkit';
import { fsPort } from './fs-port.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-fs-')));
let umask: number;
beforeAll(() => { umask = process.umask(0o077); }); // modes must not depend on it
afterAll(() => {
  process.umask(umask);
  rmSync(scratch, { recursive: true });
});

fsContract('the real file system', () => ({ fs: fsPort, folder: mkdtempSync(join(scratch, 'test-')) }));

test('a pipe is not waited for', () => {
  const pipe = join(scratch, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(fsPort.stat(pipe)?.kind).toBe('other');
  expect(() => fsPort.read(pipe, 10)).toThrow('not a file');
});

test('a file whose size the system does not know is read up to the limit', () => {
  expect(fsPort.read('/proc/self/stat', 10_000)?.length).toBeGreaterThan(20);
  expect(() => fsPort.read('/proc/self/stat', 20)).toThrow('EFBIG');
});

test('a full disk is ENOSPC', () => {
  const file = fsPort.open('/dev/full', 'write');
  expect(() => file.write(new Uint8Array(1), 0)).toThrow('ENOSPC');
  file.close();
});
