import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { bytesSource } from '@slipway/core';
import { expect, test } from '@jest/globals';
import { diff } from './diff.ts';
import { applied, ports } from './test/ports.ts';
import { goldenPair, goldenNames } from './test/golden-pairs.ts';

const folder = new URL('../testdata/', import.meta.url);
const file = (name: string) => new URL(name, folder);

/** UPDATE_GOLDEN=1 writes them anew, for a new version of the format. */
test.each(goldenNames)('golden vector %s: the same patch, and what it makes', (name) => {
  const { base, next } = goldenPair(name);
  const { patch } = diff(ports, bytesSource(base), bytesSource(next));
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(folder, { recursive: true });
    for (const [suffix, bytes] of [['base', base], ['next', next], ['patch', patch]] as const) writeFileSync(file(`${name}.${suffix}`), bytes);
  }
  const kept = (suffix: string) => new Uint8Array(readFileSync(file(`${name}.${suffix}`)));
  expect(Buffer.compare(applied(kept('patch'), kept('base')), kept('next'))).toBe(0);
  expect(Buffer.compare(kept('base'), base) | Buffer.compare(kept('next'), next)).toBe(0);
  expect(Buffer.compare(kept('patch'), patch)).toBe(0);
});

test('Bun makes the same patches as Node', () => {
  const bun = new URL('../../node_modules/@oven/bun-linux-x64/bin/bun', import.meta.url).pathname;
  const script = new URL('./test/print-golden.ts', import.meta.url).pathname;
  const { stdout, stderr } = spawnSync(bun, [script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const made = goldenNames.map((name) => `${name} ${createHash('sha256').update(readFileSync(file(`${name}.patch`))).digest('hex')}`);
  expect(stdout.trim().split('\n')).toEqual(made);
});
