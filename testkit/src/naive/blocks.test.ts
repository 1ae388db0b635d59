import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { naiveChunks, naiveRebuild, readNaiveIndex } from './blocks.ts';

const page = new URL('../../../docs/formats/', import.meta.url);
const vectors = JSON.parse(readFileSync(new URL('vectors/blocks.json', page), 'utf8')) as readonly Record<'name' | 'next' | 'index' | 'blocks', string>[];
const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

describe('docs/formats/blocks.md is enough to', () => {
  test.each(vectors)('rebuild: $name', ({ next, index, blocks }) => {
    expect(naiveRebuild(bytes(index), bytes(blocks)).toString('base64')).toBe(next);
  });

  test.each(vectors)('cut: $name', ({ next, index }) => {
    const { row, blocks, ...cut } = readNaiveIndex(bytes(index));
    expect(naiveChunks(bytes(next), cut).map(({ length }) => length)).toEqual(row.map((block) => blocks[block]?.size));
  });
});
