import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openBlockCache } from './block-cache.ts';
import { deflateOnce } from './deflate-once.ts';
import { gzipBytes, gzipOf } from './gzip.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-gzip-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As the system's gzip sees it, which checks CRC and size. */
const gunzipped = (bytes: Uint8Array): Buffer => execFileSync('gzip', ['-dc'], { input: bytes, maxBuffer: 2 ** 24 });

test.each([0, 1, 1 << 20, 2_500_000])('a file of %d bytes, spliced from its blocks, is a gzip file that nothing was compressed for again', async (size) => {
  const path = join(folder, `file-${size}`);
  const content = Buffer.concat([randomBytes(size >> 1), Buffer.alloc(size - (size >> 1), 'a')]);
  writeFileSync(path, content);
  const cache = openBlockCache(join(folder, 'cache'), 'test', folder);
  const count = { deflatedBytes: 0 };
  const deflated = await deflateOnce(path, cache, 2, count);
  const spliced = Buffer.concat([...gzipOf(deflated, cache)]);
  expect(gunzipped(spliced).equals(content)).toBe(true);
  expect(Buffer.concat([...gzipOf(deflated, cache)]).equals(spliced)).toBe(true);
  expect(deflated.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  expect(count.deflatedBytes).toBe(size);
});

test('a small file is compressed whole', () => {
  expect(gunzipped(Buffer.concat([...gzipBytes(Buffer.from('read me\n'))])).toString()).toBe('read me\n');
});
