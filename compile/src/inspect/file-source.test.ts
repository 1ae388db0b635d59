import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileSource } from './file-source.ts';

const size = 3_000_000;
const content = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-source-'));
  writeFileSync(join(folder, 'file'), content);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file as a source', () => {
  test.each([
    [0, 16], [1_048_570, 12], [10, 100], [2_999_990, 10], [500_000, 1_500_000], [0, size], [size, 0], [0, 65_536], [123, 65_537],
  ])('gives the bytes from %d, %d of them', (offset, length) => {
    const source = openFileSource(join(folder, 'file'));
    source.read(1_000_000, 4);
    expect(Buffer.compare(source.read(offset, length), content.subarray(offset, offset + length))).toBe(0);
    source.close();
  });

  test('gives bytes that later reads do not change', () => {
    const source = openFileSource(join(folder, 'file'));
    const early = source.read(0, 8);
    source.read(2_500_000, 8);
    expect([...early]).toEqual([...content.subarray(0, 8)]);
    source.close();
  });

  test.each([[size, 1], [-1, 1], [0, -1], [0.5, 1], [0, size + 1], [Number.MAX_SAFE_INTEGER, 2]])('refuses a read of %d + %d', (offset, length) => {
    const source = openFileSource(join(folder, 'file'));
    expect(() => source.read(offset, length)).toThrow(RangeError);
    source.close();
  });

  test('says when the file shrinks under it', () => {
    const path = join(folder, 'shrinking');
    writeFileSync(path, content);
    const source = openFileSource(path);
    truncateSync(path, 100);
    expect(() => source.read(1000, 10)).toThrow(expect.objectContaining({ code: 'IO_FAILED' }));
    source.close();
  });

  test.each(['missing', '.'])('refuses "%s", which is no file', (name) => {
    expect(() => openFileSource(join(folder, name))).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }));
  });
});
