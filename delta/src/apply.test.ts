import { createHash } from 'node:crypto';
import { bytesSource, SlipwayError } from '@slipway/core';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyPatch } from './apply.ts';
import { diff } from './diff.ts';
import { parseImage } from './image/parse-image.ts';
import { readPatchHeader } from './header.ts';
import { applied, ports } from './test/ports.ts';
import { goldenNames, goldenPair } from './test/golden-pairs.ts';
import { linked } from './test/program.ts';
import { random, randomBytes } from './test/random.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof SlipwayError ? error.code : String(error);
  }
};
const patchOf = (base: Uint8Array, next: Uint8Array) => diff(ports, bytesSource(base), bytesSource(next)).patch;

const golden = goldenPair('elf-x64');
const patch = patchOf(golden.base, golden.next);
const put = (at: number, ...bytes: readonly number[]) => { const copy = patch.slice(); copy.set(bytes, at); return copy; };
/** The header changed and hashed again, as an attacker would. */
function rehashed(change: (fields: Uint8Array) => void): Uint8Array {
  const copy = patch.slice();
  change(copy.subarray(9, headerEnd(copy)));
  copy.set(checkOf(copy), headerEnd(copy));
  return copy;
}

/** Where the header's check is: its length takes one byte for new files of up to a few frames. */
function headerEnd(bytes: Uint8Array): number { return 9 + (bytes[8] ?? 0); }
function checkOf(bytes: Uint8Array): Uint8Array { return createHash('sha256').update(bytes.subarray(0, headerEnd(bytes))).digest().subarray(0, 8); }

const hostile: readonly (readonly [string, Uint8Array, string])[] = [
  ['no bytes', new Uint8Array(0), 'PATCH_INVALID'],
  ['another file', new Uint8Array(500), 'PATCH_INVALID'],
  ['a later format', put(7, 2), 'PATCH_VERSION'],
  ['a header cut off', patch.subarray(0, 60), 'PATCH_INVALID'],
  ['a header with a flipped bit', put(40, (patch[40] ?? 0) ^ 1), 'PATCH_INVALID'],
  ['a length near 2^53', put(8, 255, 255, 255, 255, 255, 255, 255, 15), 'PATCH_INVALID'],
  ['a length of more than eight bytes', put(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), 'PATCH_INVALID'],
  ['a body cut off', patch.subarray(0, patch.length - 100), 'PATCH_INVALID'],
  ['a new file of 2^48 bytes', rehashed((fields) => { fields.set([255, 255, 255, 255, 255, 255, 63], 3); }), 'PATCH_INVALID'],
  ['a base that is larger', rehashed((fields) => { fields[0] = (fields[0] ?? 0) ^ 1; }), 'PATCH_WRONG_BASE'],
  ['another base', rehashed((fields) => { fields[20] = (fields[20] ?? 0) ^ 1; }), 'PATCH_WRONG_BASE'],
];

test.each(hostile)('%s is refused', (_title, bytes, code) => { expect(codeOf(() => applied(bytes, golden.base))).toBe(code); });

test('a wrong base is refused before the first frame, by its size or its hash', () => {
  const other = golden.base.slice();
  other[5000] = (other[5000] ?? 0) ^ 1;
  for (const base of [other, golden.base.subarray(1), new Uint8Array(0)]) {
    expect(codeOf(() => applyPatch(ports, bytesSource(patch), bytesSource(base)).next())).toBe('PATCH_WRONG_BASE');
  }
});

test('a base that changes while it is read is found by the frame it spoils', () => {
  let reads = 0;
  const half = Math.ceil(golden.base.length / (1 << 20));
  const source = bytesSource(golden.base);
  const changing = { size: source.size, read: (offset: number, length: number) => {
    const bytes = source.read(offset, length).slice();
    reads++;
    if (reads > half) bytes.fill(7);
    return bytes;
  } };
  expect(['PATCH_MISMATCH', 'PATCH_INVALID']).toContain(codeOf(() => [...applyPatch(ports, bytesSource(patch), changing)]));
});

test('frames come in order and whole; a second run hands out only those that are not finished', () => {
  const r = random(5);
  const base = randomBytes(r, 9_000_000);
  const next = base.slice();
  for (let i = 0; i < 100; i++) next[r(next.length)] = r(256);
  const made = patchOf(base, next);
  const frames = (finished: number) => [...applyPatch(ports, bytesSource(made), bytesSource(base), finished)].map(({ index, offset, bytes }) => [index, offset, bytes.length]);
  expect(frames(0)).toEqual([[0, 0, 1 << 22], [1, 1 << 22, 1 << 22], [2, 1 << 23, 9_000_000 - (1 << 23)]]);
  expect(frames(2)).toEqual([[2, 1 << 23, 9_000_000 - (1 << 23)]]);
  expect(frames(3)).toEqual([]);
});

test('the header tells sizes and hashes', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  expect(readPatchHeader(bytesSource(patch))).toEqual({
    version: 1, baseSize: golden.base.length, baseSha256: sha256(golden.base), nextSize: golden.next.length, nextSha256: sha256(golden.next),
    frameSize: 1 << 22, frameCount: 1,
  });
});

// Bounded here; SLIPWAY_FUZZ_RUNS makes it as long as one likes. fast-check prints the seed of a failure.
const runs = Number(process.env['SLIPWAY_FUZZ_RUNS'] ?? 25);
const settings = { seed: 20_261_121, numRuns: runs, endOnFailure: true };
const patches = goldenNames.map((name) => ({ ...goldenPair(name), patch: patchOf(goldenPair(name).base, goldenPair(name).next) }));
const damage = fc.array(fc.record({ at: fc.nat(), value: fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(255, 128, 1)), cut: fc.boolean() }), { minLength: 1, maxLength: 4 });

test('damaged patches, hashed again, are refused or make nothing that passes for the new file', () => {
  fc.assert(fc.property(fc.constantFrom(...patches), damage, ({ base, next, patch: whole }, changes) => {
    const bytes = whole.slice();
    for (const { at, value } of changes) bytes[9 + (at % (bytes.length - 9))] = value;
    bytes.set(checkOf(bytes), headerEnd(bytes));
    const given = changes[0]?.cut ? bytes.subarray(0, bytes.length - 3) : bytes;
    const code = codeOf(() => { expect(Buffer.compare(applied(given, base), next)).toBe(0); });
    expect(['PATCH_INVALID', 'PATCH_VERSION', 'PATCH_WRONG_BASE', 'PATCH_MISMATCH', 'none']).toContain(code);
  }), settings);
});

test('damaged programs are read as programs or as bytes, and patched either way', () => {
  const program = linked({ format: 'elf', machine: 'x86-64', functions: Array.from({ length: 50 }, (_, i) => i + 1) });
  const images = (['elf', 'pe', 'macho'] as const).map((format) => linked({ format, machine: 'arm64', functions: Array.from({ length: 50 }, (_, i) => i + 1) }));
  const front = fc.array(fc.record({ at: fc.nat(1200), value: fc.nat(255) }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(fc.constantFrom(program, ...images), front, (bytes, changes) => {
    const damaged = bytes.slice();
    for (const { at, value } of changes) damaged[at] = value;
    parseImage(bytesSource(damaged));
    expect(Buffer.compare(applied(patchOf(bytes, damaged), bytes), damaged)).toBe(0);
    expect(Buffer.compare(applied(patchOf(damaged, bytes), damaged), bytes)).toBe(0);
  }), settings);
});
