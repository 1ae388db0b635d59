import { bytesSource } from '@slipway/core';
import { expect, test } from '@jest/globals';
import { diff } from './diff.ts';
import { applied, ports } from './test/ports.ts';
import { linked, type Program } from './test/program.ts';
import { random, randomBytes } from './test/random.ts';

const patchOf = (base: Uint8Array, next: Uint8Array) => diff(ports, bytesSource(base), bytesSource(next));
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Inputs that are made, not found: each row is what next is made of, and how large its patch may be. */
const rows: readonly (readonly [string, (next: (below: number) => number) => readonly [Uint8Array, Uint8Array], number])[] = [
  ['nothing from nothing', () => [new Uint8Array(0), new Uint8Array(0)], 120],
  ['nothing from something', (r) => [randomBytes(r, 5000), new Uint8Array(0)], 120],
  ['noise from nothing', (r) => [new Uint8Array(0), randomBytes(r, 50_000)], 50_150],
  ['one byte', () => [Uint8Array.of(1), Uint8Array.of(2)], 130],
  ['the same', (r) => same(randomBytes(r, 300_000)), 180],
  ['random edits', (r) => edited(r, randomBytes(r, 300_000), 200), 1200],
  ['block moves', (r) => moved(r, randomBytes(r, 300_000)), 600],
  ['repeats', (r) => repeated(randomBytes(r, 3000)), 400],
  ['zeros and one more', () => [new Uint8Array(5_000_000), new Uint8Array(5_000_001)], 200],
  ['noise where zeros were', (r) => [new Uint8Array(100_000), randomBytes(r, 100_000)], 100_250],
  ['a frame and a byte', (r) => same(randomBytes(r, (1 << 22) + 1)), 250],
  ['changed in place', (r) => edited(r, randomBytes(r, 2_000_000), 40), 600],
];

function same(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] { return [bytes, bytes.slice()]; }
function edited(r: (below: number) => number, bytes: Uint8Array, edits: number): readonly [Uint8Array, Uint8Array] {
  const next = bytes.slice();
  for (let i = 0; i < edits; i++) next[r(next.length)] = r(256);
  return [bytes, next];
}
function moved(r: (below: number) => number, bytes: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const cuts = [0, ...Array.from({ length: 9 }, () => r(bytes.length)).sort((a, b) => a - b), bytes.length];
  const blocks = cuts.slice(1).map((end, i) => bytes.subarray(cuts[i] ?? 0, end));
  return [bytes, joined(...blocks.toReversed())];
}
function repeated(bytes: Uint8Array): readonly [Uint8Array, Uint8Array] { return [bytes, joined(...Array.from({ length: 50 }, () => bytes))]; }

test.each(rows)('%s: makes the new file, in a small patch', (_title, make, most) => {
  const [base, next] = make(random(7));
  const { patch, stats } = patchOf(base, next);
  expect(applied(patch, base).every((byte, i) => byte === next[i])).toBe(true);
  expect(stats).toMatchObject({ patchSize: patch.length, baseSize: base.length, nextSize: next.length });
  expect(patch.length).toBeLessThanOrEqual(most);
});

const functions = Array.from({ length: 3000 }, (_, i) => i + 1);
/** A version with functions added, taken away and reordered. */
const later = [...functions.slice(0, 500), 9001, 9002, ...functions.slice(520, 2000), 9003, ...functions.slice(2400), ...functions.slice(2000, 2400)];
const programs = (['elf', 'pe', 'macho'] as const).flatMap((format) => (['x86-64', 'arm64'] as const).map((machine): Omit<Program, 'functions'> => ({ format, machine })));

test.each(programs)('code that moved costs little: $format $machine', (program) => {
  const [base, next] = [linked({ ...program, functions }), linked({ ...program, functions: later })];
  const { patch, stats } = patchOf(base, next);
  expect(Buffer.compare(applied(patch, base), next)).toBe(0);
  expect(stats.variant).toBe('image');
  // As bytes, without knowing of references, the same pair takes more than twice as much.
  const plain = patchOf(hidden(base), hidden(next));
  expect(plain.stats.variant).toBe('plain');
  expect(patch.length).toBeLessThan(plain.patch.length / 2);
});

/** The same bytes, not recognised as a program. */
function hidden(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, 0, 4);
  return copy;
}

test('references to nowhere are bytes like others', () => {
  const base = linked({ format: 'elf', machine: 'x86-64', functions });
  const next = linked({ format: 'elf', machine: 'x86-64', functions: later });
  const r = random(3);
  for (let i = 0; i < 500; i++) next.set([0xe8, r(256), r(256), r(256), 0x7f], 0x1000 + r(60_000));
  expect(Buffer.compare(applied(patchOf(base, next).patch, base), next)).toBe(0);
});

test('a program that became another kind of program is still patched', () => {
  const base = linked({ format: 'elf', machine: 'x86-64', functions });
  const next = linked({ format: 'macho', machine: 'arm64', functions: later });
  expect(Buffer.compare(applied(patchOf(base, next).patch, base), next)).toBe(0);
});
