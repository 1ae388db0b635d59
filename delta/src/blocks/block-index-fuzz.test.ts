/** FUZZ_RUNS=1000000 runs it for long. */
import { createHash } from 'node:crypto';
import { env } from 'node:process';
import { brotliDecompressSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { bytesSource, SlipwayError } from '@slipway/core';
import fc from 'fast-check';
import { decodeBlockIndex, encodeBlockIndex, type BlockIndex } from './block-index.ts';
import { planBlocks } from './plan-blocks.ts';
import { rebuild } from './rebuild.ts';

const settings = { seed: 20_261_121, numRuns: Number(env['FUZZ_RUNS'] ?? 4000) };
const ports = { sha256: () => createHash('sha256') };
const brotli = { id: 1, pack: (bytes: Uint8Array) => bytes, unpack: (packed: Uint8Array, size: number) => brotliDecompressSync(packed, { maxOutputLength: size }) };
const original = encodeBlockIndex(ports, {
  codec: 1, cut: { min: 16, averageBits: 6, max: 256 }, nextSize: 600, nextSha256: new Uint8Array(32), hashes: new Uint8Array(48),
  sizes: Uint32Array.of(100, 100, 200), packedSizes: Uint32Array.of(40, 100, 9), sequence: Uint32Array.of(0, 1, 0, 2, 1),
});

/** Fields of the head, of the blocks and of the repeats, each with numbers that hurt. */
const numbers = [0, 1, 2, 5, 6, 64, 100, 255, 256, 257, 0xffff, 2 ** 20, 2 ** 20 + 1, 2 ** 24, 2 ** 31, 2 ** 32 - 1];
const edit = fc.oneof(
  fc.record({ kind: fc.constant('word' as const), at: fc.nat(original.length / 4 - 9).map((word) => word * 4), value: fc.oneof(fc.constantFrom(...numbers), fc.nat(300)) }),
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(original.length - 33), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(original.length), value: fc.constant(0) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(original.length - 32), value: fc.constantFrom(1, 4, 8, 24, 32) }),
);

/** Edited, then hashed again unless `broken`, so that what lies behind the hash is reached. */
function hostile(edits: readonly (typeof edit extends fc.Arbitrary<infer T> ? T : never)[], broken: boolean): Uint8Array {
  let bytes = Buffer.from(original);
  for (const { kind, at, value } of edits) {
    if (kind === 'word' && at + 4 <= bytes.length) bytes.writeUInt32LE(value, at);
    else if (kind === 'byte' && at < bytes.length) bytes[at] = value;
    else if (kind === 'cut') bytes = bytes.subarray(0, at);
    else if (kind === 'insert') bytes = Buffer.concat([bytes.subarray(0, at), Buffer.alloc(value, at), bytes.subarray(at)]);
  }
  if (!broken && bytes.length >= 32) createHash('sha256').update(bytes.subarray(0, -32)).digest().copy(bytes, bytes.length - 32);
  return bytes;
}

/** What a client may rely on once an index was read. */
function expectSound(index: BlockIndex): void {
  expect([...index.sequence].reduce((total, block) => total + (index.sizes[block] ?? Number.NaN), 0)).toBe(index.nextSize);
  expect(new Set(index.sequence).size).toBe(index.sizes.length);
}

test('whatever is in an index, it is read soundly or refused, and makes nothing but what it promises', () => {
  let read = 0;
  fc.assert(fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 9 }), fc.uint8Array({ maxLength: 400 }), (edits, breaks, file) => {
    try {
      const index = decodeBlockIndex(ports, hostile(edits, breaks === 0));
      expectSound(index);
      read += 1;
      const locals = [bytesSource(file)];
      const plan = planBlocks(ports, index, locals);
      for (const piece of rebuild(ports, { index, plan, locals, blockFile: bytesSource(file), codec: brotli })) expect(piece.length).toBeLessThanOrEqual(index.cut.max);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      expect(['BLOCKS_INVALID', 'BLOCKS_VERSION', 'BLOCKS_MISMATCH']).toContain(error.code);
    }
  }), settings);
  expect(read).toBeGreaterThan(settings.numRuns / 100); // else the fuzzing stops at the door
});
