import { createHash } from 'node:crypto';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { bytesSource, type ByteSource, type ErrorCode, type SlipwayError } from '@slipway/core';
import { blockFileSize, decodeBlockIndex, type BlockIndex } from './block-index.ts';
import { cutChunks, defaultCut, type Cut } from './chunks.ts';
import type { BlockCodec } from './codec.ts';
import { makeBlocks } from './make-blocks.ts';
import { planBlocks } from './plan-blocks.ts';
import { rebuild } from './rebuild.ts';

const ports = { sha256: () => createHash('sha256') };
const brotli: BlockCodec = {
  id: 1,
  pack: (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  unpack: (packed, size) => brotliDecompressSync(packed, { maxOutputLength: size }),
};
/** Chunks of a few hundred bytes, so that small files have many. */
const small: Cut = { min: 64, averageBits: 8, max: 1024 };

interface Made {
  readonly file: Uint8Array;
  readonly bytes: Uint8Array;
  readonly index: BlockIndex;
}

function make(next: Uint8Array, cut = small): Made {
  const pieces: Uint8Array[] = [];
  const steps = makeBlocks(ports, bytesSource(next), brotli, cut);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { file: Buffer.concat(pieces), bytes: step.value, index: decodeBlockIndex(ports, step.value) };
    pieces.push(Uint8Array.from(step.value));
  }
}

/** What a client would end up with that fetches only what the plan says. */
function restored({ file, index }: Made, locals: readonly Uint8Array[]): { readonly next: Uint8Array; readonly fetched: number; readonly requests: number } {
  const sources = locals.map(bytesSource);
  const plan = planBlocks(ports, index, sources);
  const fetched = new Uint8Array(file.length).fill(0xaa);
  for (const { offset, length } of plan.ranges) fetched.set(file.subarray(offset, offset + length), offset);
  const pieces = [...rebuild(ports, { index, plan, locals: sources, blockFile: bytesSource(fetched), codec: brotli })].map((piece) => Uint8Array.from(piece));
  return { next: Buffer.concat(pieces), fetched: plan.fetchBytes, requests: plan.ranges.length };
}

function failure(act: () => unknown): { readonly code: ErrorCode; readonly message: string } {
  try {
    act();
  } catch (error) {
    const { code, message } = error as SlipwayError;
    return { code, message };
  }
  throw new Error('it did not fail');
}

/** Bytes without order, the same for one seed. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

const text = (length: number): Uint8Array => new TextEncoder().encode('A slipway is where ships are launched. '.repeat(length / 38 + 1)).slice(0, length);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const next = joined(noise(30_000), text(20_000), new Uint8Array(40_000), noise(10_000, 2));

describe('a file from its blocks and what is here', () => {
  test.each<[string, readonly Uint8Array[]]>([
    ['nothing', []],
    ['the same file', [next]],
    ['an unrelated one', [noise(50_000, 3)]],
    ['one with bytes inserted at the front', [joined(noise(33, 4), next)]],
    ['one cut off in the middle', [next.subarray(0, 45_000)]],
    ['its halves in the other order', [joined(next.subarray(50_000), next.subarray(0, 50_000))]],
    ['two files that have a half each', [next.subarray(0, 50_000), next.subarray(50_000)]],
    ['an empty one', [new Uint8Array()]],
  ])('is whole: %s', (_, locals) => {
    expect(Buffer.compare(restored(make(next), locals).next, next)).toBe(0);
  });

  test.each<[string, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['one byte', Uint8Array.of(7)],
    ['smaller than a chunk', noise(63)],
    ['one byte over a largest chunk', new Uint8Array(1025)],
    ['all zeros', new Uint8Array(100_000)],
  ])('is whole: a file that is %s', (_, bytes) => {
    expect(Buffer.compare(restored(make(bytes), []).next, bytes)).toBe(0);
  });

  test('nothing is fetched for a file that is here', () => {
    expect(restored(make(next), [next])).toMatchObject({ fetched: 0, requests: 0 });
  });

  test('one flipped byte costs one block', () => {
    const damaged = next.slice();
    damaged[15_000] = (damaged[15_000] ?? 0) ^ 1;
    const { fetched, requests } = restored(make(next), [damaged]);
    expect(requests).toBe(1);
    expect(fetched).toBeLessThanOrEqual(2 * small.max);
  });

  test('inserted bytes cost the blocks around them, not those behind', () => {
    const { fetched } = restored(make(joined(next.subarray(0, 10_000), noise(100, 5), next.subarray(10_000))), [next]);
    expect(fetched).toBeLessThanOrEqual(3 * small.max);
  });

  test('two changes far apart are two requests, near each other one', () => {
    const far = noise(400_000, 6);
    const made = make(far);
    const changed = (...positions: readonly number[]): Uint8Array => far.map((byte, at) => (positions.includes(at) ? byte ^ 1 : byte));
    expect(restored(made, [changed(10_000, 300_000)]).requests).toBe(2);
    expect(restored(made, [changed(10_000, 60_000)]).requests).toBe(1);
  });

  test('what repeats is stored once', () => {
    const { file, index } = make(joined(new Uint8Array(1_000_000), text(1000)));
    expect(index.sequence.length).toBeGreaterThan(900);
    expect(index.sizes.length).toBeLessThan(20);
    expect(file.length).toBeLessThan(1000);
  });

  test('what does not compress is stored as it is', () => {
    const { file, index } = make(noise(50_000));
    expect(file.length).toBe(50_000 + 8);
    expect(blockFileSize(index)).toBe(file.length);
    expect([...index.packedSizes]).toEqual([...index.sizes]);
  });
});

describe('chunks', () => {
  test('lie between the bounds, the last one apart, and make up the file', () => {
    const lengths = [...cutChunks(bytesSource(noise(300_000)), small)].map(({ bytes }) => bytes.length);
    expect(lengths.reduce((total, length) => total + length, 0)).toBe(300_000);
    expect(Math.min(...lengths.slice(0, -1))).toBeGreaterThanOrEqual(small.min);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(small.max);
    expect(300_000 / lengths.length).toBeGreaterThan(200);
    expect(300_000 / lengths.length).toBeLessThan(450);
  });

  test('do not depend on how the file is read', () => {
    const bytes = noise(9_000_000);
    const reads: number[] = [];
    const source: ByteSource = { size: bytes.length, read: (offset, length) => (reads.push(length), bytes.slice(offset, offset + length)) };
    const lengths = [...cutChunks(source, defaultCut)].map((chunk) => chunk.bytes.length);
    let offset = 0;
    for (const length of lengths) {
      // From a chunk's beginning alone, the same end.
      const [alone] = cutChunks(bytesSource(bytes.subarray(offset)), defaultCut);
      expect(alone?.bytes.length).toBe(length);
      offset += length;
    }
    expect(reads.length).toBeLessThan(5);
  });
});

describe('bytes that are not what the index says', () => {
  const made = make(next);
  const source = bytesSource(made.file);
  const run = (task: Partial<Parameters<typeof rebuild>[1]>): unknown => [...rebuild(ports, { index: made.index, plan: planBlocks(ports, made.index, []), locals: [], blockFile: source, codec: brotli, ...task })];

  test('a flipped byte anywhere in the block file', () => {
    for (let at = 8; at < made.file.length; at += 97) {
      const flipped = made.file.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      expect(failure(() => run({ blockFile: bytesSource(flipped) })).code).toBe('BLOCKS_MISMATCH');
    }
  });

  test('a block file that is cut off', () => {
    expect(failure(() => run({ blockFile: bytesSource(made.file.subarray(0, -1)) })).code).toBe('BLOCKS_MISMATCH');
  });

  test('a local file that changed since the plan', () => {
    const plan = planBlocks(ports, made.index, [bytesSource(next)]);
    expect(failure(() => run({ plan, locals: [bytesSource(next.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)))] })).code).toBe('BLOCKS_MISMATCH');
    expect(failure(() => run({ plan, locals: [bytesSource(next.subarray(0, 99))] })).code).toBe('BLOCKS_MISMATCH');
  });

  test('a block that unpacks to more than the index says stops at the size', () => {
    const bomb = brotli.pack(new Uint8Array(50_000_000));
    const file = made.file.slice();
    file.set(bomb.subarray(0, file.length - 8), 8);
    expect(failure(() => run({ blockFile: bytesSource(file) })).code).toBe('BLOCKS_MISMATCH');
  });

  test('another compression than the index says', () => {
    expect(failure(() => run({ codec: { ...brotli, id: 2 } }))).toEqual({ code: 'BLOCKS_INVALID', message: 'the blocks are packed with Brotli, not with Zstandard' });
  });
});
