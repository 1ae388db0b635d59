/** The golden vectors of docs/formats/blocks.md: a change of the format or of where files are cut shows here. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { bytesSource } from '@slipway/core';
import { decodeBlockIndex } from './block-index.ts';
import { cutChunks, defaultCut, type Cut } from './chunks.ts';
import { makeBlocks } from './make-blocks.ts';
import { planBlocks } from './plan-blocks.ts';
import { rebuild } from './rebuild.ts';

interface Vector {
  readonly name: string;
  readonly next: string;
  readonly index: string;
  readonly blocks: string;
}

const ports = { sha256: () => createHash('sha256') };
const brotli = { id: 1, pack: (bytes: Uint8Array) => brotliCompressSync(bytes), unpack: (packed: Uint8Array, size: number) => brotliDecompressSync(packed, { maxOutputLength: size }) };
const small: Cut = { min: 16, averageBits: 6, max: 256 };
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => createHash('sha256').update(`${at >> 5}`).digest()[at & 31] ?? 0);
const text = new TextEncoder().encode('A slipway is where ships are launched, and where they are hauled out for repair. '.repeat(20));
const made: readonly (readonly [string, Uint8Array, Cut])[] = [
  ['empty', new Uint8Array(), defaultCut],
  ['one byte', Uint8Array.of(0x41), defaultCut],
  ['zeros', new Uint8Array(1000), small],
  ['noise, text, zeros, the same noise', Uint8Array.from(Buffer.concat([noise(700), text, new Uint8Array(600), noise(700)])), small],
];

const file = new URL('../../../docs/formats/vectors/blocks.json', import.meta.url);
if (env['UPDATE_GOLDEN'] === '1') writeFileSync(file, `${JSON.stringify(made.map(([name, next, cut]) => encode(name, next, cut)), null, 2)}\n`);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[];

function encode(name: string, next: Uint8Array, cut: Cut): Vector {
  const pieces: Buffer[] = [];
  const steps = makeBlocks(ports, bytesSource(next), brotli, cut);
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pieces.push(Buffer.from(step.value));
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return { name, next: base64(next), index: base64(step.value), blocks: base64(Buffer.concat(pieces)) };
}

test('there is a vector for each kind of file', () => expect(vectors.map(({ name }) => name)).toEqual(made.map(([name]) => name)));

test.each(vectors)('$name: read as it was written', (vector) => {
  const index = decodeBlockIndex(ports, Buffer.from(vector.index, 'base64'));
  const pieces = [...rebuild(ports, { index, plan: planBlocks(ports, index, []), locals: [], blockFile: bytesSource(Buffer.from(vector.blocks, 'base64')), codec: brotli })];
  expect(Buffer.concat(pieces).toString('base64')).toBe(vector.next);
});

test.each(made)('%s: cut as it was', (name, next, cut) => {
  const vector = vectors.find((one) => one.name === name);
  expect(Buffer.from(next).toString('base64')).toBe(vector?.next);
  const { cut: known, sizes, sequence } = decodeBlockIndex(ports, Buffer.from(vector?.index ?? '', 'base64'));
  expect(known).toEqual(cut);
  expect([...cutChunks(bytesSource(next), cut)].map(({ bytes }) => bytes.length)).toEqual([...sequence].map((block) => sizes[block]));
});
