import { crc32 } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32Combine } from './crc32-combine.ts';

test('the combined CRC is the CRC of the two strings together', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), (a, b) => {
      expect(crc32Combine(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('combining is associative over many pieces', () => {
  const pieces = ['one', '', 'two', 'three'.repeat(1000)].map((text) => Buffer.from(text));
  const combined = pieces.reduce((crc, piece) => crc32Combine(crc, crc32(piece), piece.length), 0);
  expect(combined).toBe(crc32(Buffer.concat(pieces)));
});

test('lengths beyond 32 bits keep their meaning', () => {
  const gigabytes = 5 * 2 ** 30;
  const half = crc32Combine(0x12345678, 0, gigabytes);
  expect(crc32Combine(half, 0, gigabytes)).toBe(crc32Combine(0x12345678, 0, 2 * gigabytes));
});
