import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, expect, test } from '@jest/globals';
import { openWorkFolder } from './work-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-work-'));
afterAll(() => rmSync(root, { recursive: true }));

test('a work folder is private, inside dist/, and gone when it is removed', () => {
  const work = openWorkFolder(join(root, 'new', 'dist'));
  expect(statSync(work.path).mode & 0o777).toBe(0o700);
  work.remove();
  expect(readdirSync(join(root, 'new', 'dist'))).toEqual([]);
});

test('what a killed run left is swept, what another run uses is not', () => {
  const dist = join(root, 'dist');
  const { pid } = spawnSync('true');
  mkdirSync(join(dist, `.work-${pid}-00`, 'x'), { recursive: true });
  mkdirSync(join(dist, '.work-1-00'), { recursive: true });
  openWorkFolder(dist).remove();
  expect(() => openWorkFolder(dist, true)).toThrow(expect.objectContaining({ code: 'DIST_UNWRITABLE', message: expect.stringContaining('process 1,') }));
  expect([existsSync(join(dist, `.work-${pid}-00`)), existsSync(join(dist, '.work-1-00'))]).toEqual([false, true]);
});
