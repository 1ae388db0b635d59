import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openStamps } from './stamps.ts';

const root = mkdtempSync(join(tmpdir(), 'slipway-stamps-'));
afterAll(() => rmSync(root, { recursive: true }));
const described = { size: 4, sha256: 'abcd' };

function stamped(name: string): string {
  const path = join(root, name);
  writeFileSync(path, 'text');
  const stamps = openStamps(root, '/dist', root);
  stamps.record(path, 'key', described);
  stamps.verified = 'state';
  stamps.save();
  return path;
}

test('what was recorded is known to the next run, with the same key only', () => {
  const path = stamped('same');
  const stamps = openStamps(root, '/dist', root);
  expect([stamps.keyOf(path), stamps.reuse(path, 'key'), stamps.reuse(path, 'other'), stamps.verified]).toEqual(['key', described, undefined, 'state']);
});

test.each<[what: string, change: (path: string) => void]>([
  ['rewritten', (path) => writeFileSync(path, 'next')],
  ['longer', (path) => writeFileSync(path, 'text and more')],
  ['dated otherwise', (path) => utimesSync(path, 1, 1)],
  ['replaced', (path) => { rmSync(path); writeFileSync(path, 'text'); }],
  ['removed', (path) => rmSync(path)],
])('a file that was %s is made again', (what, change) => {
  const path = stamped(what);
  utimesSync(path, 5, 5);
  const stamps = openStamps(root, '/dist', root);
  stamps.record(path, 'key', described);
  change(path);
  expect(stamps.keyOf(path)).toBeUndefined();
});

test('another output folder has stamps of its own', () => {
  const path = stamped('mine');
  expect(openStamps(root, '/other', root).keyOf(path)).toBeUndefined();
});

test('stamps that cannot be read mean that nothing is reused', () => {
  const folder = mkdtempSync(join(root, 'broken-'));
  const stamps = openStamps(folder, '/dist', folder);
  stamps.save();
  rmSync(join(folder, 'stamps'), { recursive: true });
  writeFileSync(join(folder, 'stamps'), 'a file where a folder should be');
  expect(openStamps(folder, '/dist', folder).keyOf('/x')).toBeUndefined();
});
