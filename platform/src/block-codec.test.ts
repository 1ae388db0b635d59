import { expect, test } from '@jest/globals';
import { brotliBlocks } from './block-codec.ts';

const text = Buffer.from('A slipway is where ships are launched. '.repeat(1000));

test('what is packed is smaller and unpacks to itself', () => {
  const packed = brotliBlocks.pack(text);
  expect(packed.length).toBeLessThan(200);
  expect(Buffer.compare(brotliBlocks.unpack(packed, text.length), text)).toBe(0);
});

test('more bytes than promised are never made', () => {
  expect(() => brotliBlocks.unpack(brotliBlocks.pack(new Uint8Array(100_000_000)), 1000)).toThrow('larger than 1000 bytes');
});

test('other bytes are refused', () => {
  expect(() => brotliBlocks.unpack(text.subarray(0, 100), 1000)).toThrow();
});
