/**
 * Random moments that can be had again: FAULTS_SEED=N repeats a run of the suite.
 */
import { noteSeed } from './transcript.ts';

const chosen = process.env['FAULTS_SEED'];

export interface Random {
  /** Moments in milliseconds, each below `end`. */
  moments(many: number, end: number): readonly number[];
}

/** A generator for one test; its seed goes into the transcript. */
export function seeded(): Random {
  const seed = chosen === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(chosen);
  noteSeed(`FAULTS_SEED=${seed}`);
  const next = generator(seed);
  return { moments: (many, end) => Array.from({ length: many }, () => Math.floor(next() * end)) };
}

/** Numbers from 0 to below 1, the same for the same seed. Mulberry32 (public domain, T. Ettinger). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
