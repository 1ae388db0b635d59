/** What the delta package writes, read by the decoder that knows only the page. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { bytesSource } from '@slipway/core';
import { diff } from '@slipway/delta';
import { naivePatch } from './patch.ts';

const ports = { sha256: () => createHash('sha256') };
const noise = (length: number, seed: string): Buffer => Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, at) => createHash('sha256').update(`${seed}${at}`).digest())).subarray(0, length);
const text = Buffer.from('A slipway is where ships are launched, and where they are hauled out for repair. '.repeat(900));
const edited = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  for (let at = 100; at < copy.length; at += 997) copy[at] = (copy[at] ?? 0) + 3;
  return copy;
};
const base = Buffer.concat([noise(60_000, 'a'), text]);

describe('docs/formats/patch.md is enough to apply a patch', () => {
  test.each<[string, Buffer, Buffer]>([
    ['of nothing to nothing', Buffer.alloc(0), Buffer.alloc(0)],
    ['of nothing to something', Buffer.alloc(0), text],
    ['to nothing', base, Buffer.alloc(0)],
    ['to one byte', base, Buffer.from('x')],
    ['to the same', base, base],
    ['of scattered edits', base, edited(base)],
    ['of moved blocks', base, Buffer.concat([base.subarray(70_000), noise(5000, 'b'), base.subarray(0, 70_000)])],
    ['of repeats', base, Buffer.concat([text, text, text])],
    ['to something unlike', base, noise(50_000, 'c')],
    ['of one executable to another', readFileSync('/bin/cat'), readFileSync('/bin/head')],
  ])('%s', (_, from, to) => {
    const { patch } = diff(ports, bytesSource(from), bytesSource(to));
    expect(naivePatch(Buffer.from(patch), from).equals(to)).toBe(true);
  });
});
