import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundledPackages } from './packages.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-packages-')));
afterAll(() => rmSync(scratch, { recursive: true }));

const files = {
  'app/src/cli.ts': '',
  'app/package.json': JSON.stringify({ name: 'app', version: '1.0.0' }),
  'app/tools/inner/package.json': JSON.stringify({ name: 'inner' }),
  'app/tools/inner/a.js': '',
  'app/node_modules/b/package.json': JSON.stringify({ name: 'b', version: '2.0.0', license: 'MIT' }),
  'app/node_modules/b/LICENSE.md': 'B’s licence\r\n',
  'app/node_modules/b/NOTICE': 'B’s notice',
  'app/node_modules/b/license-checker.js/x': 'a folder is no licence',
  'app/node_modules/b/lib/esm/package.json': JSON.stringify({ type: 'module' }),
  'app/node_modules/b/lib/esm/b.js': '',
  'app/node_modules/@s/c/package.json': JSON.stringify({ name: '@s/c', version: '3.0.0', licenses: [{ type: 'MIT' }, { type: 'ISC' }] }),
  'app/node_modules/@s/c/c.js': '',
  'app/node_modules/@s/c/node_modules/b/package.json': JSON.stringify({ name: 'b', version: '1.0.0', license: { type: 'BSD' } }),
  'app/node_modules/@s/c/node_modules/b/b.js': '',
  'app/node_modules/bare/index.js': '',
  'linked/package.json': JSON.stringify({ name: 'linked', version: '0.1.0', license: '' }),
  'linked/src/deep/x.ts': '',
};
beforeAll(() => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), text);
  }
});

test('packages are told from their files, with licences as they write them; the project’s own are none', () => {
  const inputs = [...Object.keys(files).filter((path) => /\.(js|ts)$/.test(path)), 'app/entry-0.js', 'nowhere/(disabled):fs'].map((path) => join(scratch, path));
  expect(bundledPackages(inputs, join(scratch, 'app'))).toEqual([
    { name: '@s/c', version: '3.0.0', license: '(MIT OR ISC)', texts: [] },
    { name: 'b', version: '1.0.0', license: 'BSD', texts: [] },
    { name: 'b', version: '2.0.0', license: 'MIT', texts: [{ name: 'LICENSE.md', text: 'B’s licence\n' }, { name: 'NOTICE', text: 'B’s notice' }] },
    { name: 'bare', version: '0.0.0', texts: [] },
    { name: 'linked', version: '0.1.0', texts: [] },
  ]);
});
