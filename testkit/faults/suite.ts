/**
 * What all files of the suite share: where the suite's scratch space is, and how much of it runs.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout whose program is tested. */
export const checkout = resolve(import.meta.dirname, '../..');

/** A part of the suite that runs in about three minutes. */
export const slice = process.env['FAULTS_SLICE'] === '1';

/** Scratch space of this run of the suite; `warm-cache.ts` makes it. */
export function suiteFolder(): string {
  const folder = process.env['SLIPWAY_FAULTS_FOLDER'];
  if (folder === undefined) throw new Error('start the suite with jest --config testkit/faults/jest.config.js');
  return folder;
}

/** A cache that holds the runtime of linux-x64 and the compressed blocks of the example. Tests that harm a cache take their own. */
export function warmCache(): string {
  return join(suiteFolder(), 'cache');
}

export function scratchFolder(name: string): string {
  mkdirSync(suiteFolder(), { recursive: true });
  return mkdtempSync(join(suiteFolder(), `${name}-`));
}

/** Of many rows, every `stride`-th in the slice, all otherwise. The first and the last are always among them. */
export function sampled<Row>(rows: readonly Row[], most: number): readonly Row[] {
  if (!slice || rows.length <= most) return rows;
  return Array.from({ length: most }, (_, index) => rows[Math.round((index * (rows.length - 1)) / (most - 1))] as Row);
}
