import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32 as reference } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { targets } from '@slipway/core';
import { crc32, portableCrc32 } from './crc32.ts';

test('is what zlib computes, and so is the portable one', () => {
  for (let length = 0; length < 300; length += 1) {
    const bytes = randomBytes(length);
    expect([crc32(bytes), portableCrc32(bytes), bytes.toString('hex')]).toEqual([reference(bytes), reference(bytes), bytes.toString('hex')]);
  }
});

test('is the same on Bun, which has its own', () => {
  const require = createRequire(import.meta.url);
  const here = targets.find(({ npm, libc }) => npm.os === process.platform && npm.cpu === process.arch && libc !== 'musl') as (typeof targets)[number];
  const bun = join(dirname(require.resolve(`${here.bun.package}/package.json`)), 'bin', 'bun');
  const bytes = randomBytes(1000);
  const script = `import { crc32, portableCrc32 } from ${JSON.stringify(new URL('crc32.ts', import.meta.url).pathname)};
    const bytes = Buffer.from(${JSON.stringify(bytes.toString('hex'))}, 'hex'); console.log(crc32(bytes.subarray(7)), portableCrc32(bytes.subarray(7)));`;
  const expected = reference(bytes.subarray(7));
  expect(spawnSync(bun, ['-e', script], { encoding: 'utf8' }).stdout).toBe(`${expected} ${expected}\n`);
});
