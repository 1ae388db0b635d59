import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
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

test('what a killed run left is swept, though its process id is another\'s now; what a running one uses is not', () => {
  const dist = join(root, 'dist');
  const { pid } = spawnSync('true');
  const running = `.work-${process.ppid}-${startOf(process.ppid)}-00`;
  const dead = [`.work-${pid}-1-00`, ...(existsSync('/proc') ? [`.work-${process.ppid}-1-00`] : [])];
  for (const name of [...dead, running]) mkdirSync(join(dist, name, 'x'), { recursive: true });
  openWorkFolder(dist).remove();
  expect(readdirSync(dist)).toEqual([running]);
  expect(() => openWorkFolder(dist, true)).toThrow(expect.objectContaining({ code: 'DIST_UNWRITABLE', message: expect.stringContaining(`process ${process.ppid},`) }));
  expect(readdirSync(dist)).toEqual([running]);
});

/** As ps tells it; without /proc, Slipway goes by the process id alone. */
function startOf(pid: number): string {
  return existsSync('/proc') ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ')[19] ?? '' : '0';
}
