import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SlipwayError } from '@slipway/core';
import { decodeBlockIndex, encodeBlockIndex, type BlockIndex } from './block-index.ts';

const ports = { sha256: () => createHash('sha256') };
const sample: Omit<BlockIndex, 'offsets'> = {
  codec: 1,
  cut: { min: 64, averageBits: 8, max: 1024 },
  nextSize: 100 + 200 + 100 + 300 + 300,
  nextSha256: new Uint8Array(32).fill(9),
  hashes: Uint8Array.from({ length: 48 }, (_, at) => at),
  sizes: Uint32Array.of(100, 200, 300),
  packedSizes: Uint32Array.of(50, 200, 1),
  sequence: Uint32Array.of(0, 1, 0, 2, 2),
};
const bytes = encodeBlockIndex(ports, sample);

/** An index whose hash is right, whatever else is wrong in it. */
function edited(edit: (view: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  edit(new DataView(copy.buffer));
  copy.set(createHash('sha256').update(copy.subarray(0, -32)).digest(), copy.length - 32);
  return copy;
}

function failure(input: Uint8Array): string {
  try {
    decodeBlockIndex(ports, input);
  } catch (error) {
    if (error instanceof SlipwayError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'it is read';
}

test('an index comes back as it was written', () => {
  expect(decodeBlockIndex(ports, bytes)).toEqual({ ...sample, offsets: Float64Array.of(8, 58, 258) });
  expect(bytes.length).toBe(80 + 3 * 24 + 2 * 8 + 32);
});

test('it is read from the middle of a larger buffer, too', () => {
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 3);
  expect(decodeBlockIndex(ports, larger.subarray(3, 3 + bytes.length)).sequence).toEqual(sample.sequence);
});

describe('a hostile index has one error', () => {
  const big = 2n ** 53n - 1n;
  test.each<[string, (view: DataView) => void, string]>([
    ['another file', (view) => view.setUint8(0, 0x50), 'it does not begin like one'],
    ['a later format', (view) => view.setUint8(7, 2), 'BLOCKS_VERSION: the block index has format 2, this program reads format 1'],
    ['an unknown compression', (view) => view.setUint8(8, 9), 'its compression 9 is none'],
    ['no smallest chunk', (view) => view.setUint32(12, 0, true), 'it cuts chunks of 0'],
    ['a smallest chunk above the average', (view) => view.setUint32(12, 257, true), 'it cuts chunks of 257'],
    ['a largest chunk beyond the limit', (view) => view.setUint32(16, 2 ** 24 + 1, true), 'and 16777217 bytes'],
    ['an average of 2^255', (view) => view.setUint8(9, 255), '2^255'],
    ['more blocks than it has room for', (view) => view.setUint32(20, 4, true), '4 blocks and 2 repeats do not fill'],
    ['four thousand million blocks', (view) => view.setUint32(20, 0xffffffff, true), 'it has 4294967295 blocks'],
    ['four thousand million repeats', (view) => view.setUint32(24, 0xffffffff, true), '4294967295 repeats'],
    ['a file of 2^53 bytes', (view) => view.setBigUint64(32, big, true), 'a file of 9007199254740991 bytes'],
    ['a file of 2^64 bytes', (view) => view.setBigUint64(32, 2n ** 64n - 1n, true), 'a file of 18446744073709552000 bytes'],
    ['a file that its blocks do not make', (view) => view.setBigUint64(32, 999n, true), 'make 1000 bytes and the file has 999'],
    ['a block file of 2^53 bytes', (view) => view.setBigUint64(40, big, true), 'the block file at 9007199254740991'],
    ['an empty block', (view) => view.setUint32(80 + 16, 0, true), 'block 0 has 50 of 0 bytes'],
    ['a block larger than the largest chunk', (view) => view.setUint32(80 + 16, 1025, true), 'block 0 has 50 of 1025 bytes'],
    ['a block of no packed bytes', (view) => view.setUint32(80 + 20, 0, true), 'block 0 has 0 of 100 bytes'],
    ['a block that packing made larger', (view) => view.setUint32(80 + 20, 101, true), 'block 0 has 101 of 100 bytes'],
    ['a repeat of a block that has not been', (view) => view.setUint32(80 + 72 + 4, 2, true), 'repeat 0 is of block 2 after 2 blocks'],
    ['a repeat beyond the end', (view) => view.setUint32(80 + 72 + 8, 5, true), 'repeat 1 is at position 5'],
    ['two repeats at one position', (view) => view.setUint32(80 + 72 + 8, 2, true), 'repeat 1 is at position 2'],
    ['a repeat of 2^32 - 1', (view) => view.setUint32(80 + 72, 0xffffffff, true), 'repeat 0 is at position 4294967295'],
  ])('%s', (_, edit, message) => expect(failure(edited(edit))).toContain(message));

  test('a flipped bit anywhere', () => {
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      expect(failure(flipped)).toMatch(/^BLOCKS_(INVALID|VERSION): /);
    }
  });

  test('cut off anywhere, or longer', () => {
    for (let length = 0; length < bytes.length; length += 1) expect(failure(bytes.subarray(0, length))).toMatch(/^BLOCKS_INVALID: /);
    expect(failure(Uint8Array.from([...bytes, 0]))).toMatch(/^BLOCKS_INVALID: /);
  });
});
