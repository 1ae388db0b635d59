/** Shipped programs run on Bun, these tests on Node: the ports' own tests are run once more there. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { targets } from '@slipway/core';

const require = createRequire(import.meta.url);
const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');

test.each(['fs-port.test.ts', 'http.test.ts', 'process.test.ts', 'updater-ports.test.ts'])('%s holds on the pinned Bun, too', (file) => {
  const { status, stderr } = spawnSync(bun, ['test', `./${file}`], { cwd: import.meta.dirname, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.stringMatching(/ [1-9]\d* pass\n +0 fail/)]);
});
