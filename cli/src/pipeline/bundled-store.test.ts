import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openBundledStore } from './bundled-store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'slipway-bundled-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const folder = join(scratch, 'bundled');
const work = join(scratch, 'work');
mkdirSync(work);
const packages = [{ name: 'a', version: '1.0.0', license: 'MIT', texts: [{ name: 'LICENSE', text: 'yes\n' }] }];

test('what was bundled is known again by its key, privately, until the file is damaged, and then it is written anew', () => {
  const store = openBundledStore(folder, work);
  expect(store.get('key')).toBeUndefined();
  store.put('key', packages);
  expect([store.get('key'), store.get('other'), readdirSync(work)]).toEqual([packages, undefined, []]);
  const [name = ''] = readdirSync(folder);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
  truncateSync(join(folder, name), 20);
  expect(store.get('key')).toBeUndefined();
  store.put('key', packages);
  expect(store.get('key')).toEqual(packages);
});
