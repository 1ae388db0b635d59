import { linked, type Program } from './program.ts';
import { random, randomBytes } from './random.ts';

const functions = Array.from({ length: 120 }, (_, i) => i + 1);
const later = [...functions.slice(0, 30), 9001, ...functions.slice(34, 80), ...functions.slice(100), 9002, ...functions.slice(80, 100)];

function programs(format: Program['format'], machine: Program['machine']): { base: Uint8Array; next: Uint8Array } {
  return { base: linked({ format, machine, functions }), next: linked({ format, machine, functions: later }) };
}

function bytes(): { base: Uint8Array; next: Uint8Array } {
  const r = random(11);
  const base = randomBytes(r, 4000);
  const next = new Uint8Array(Buffer.concat([base.subarray(2000), Buffer.from('what the base does not have, what the base does not have'), base.subarray(0, 1900)]));
  for (let i = 0; i < 40; i++) next[r(next.length)] = r(256);
  return { base, next };
}

const pairs = {
  bytes,
  empty: () => ({ base: new Uint8Array(0), next: new Uint8Array(0) }),
  'elf-x64': () => programs('elf', 'x86-64'),
  'elf-arm64': () => programs('elf', 'arm64'),
  'pe-x64': () => programs('pe', 'x86-64'),
  'macho-arm64': () => programs('macho', 'arm64'),
};

export const goldenNames = Object.keys(pairs) as readonly (keyof typeof pairs)[];

export function goldenPair(name: keyof typeof pairs): { readonly base: Uint8Array; readonly next: Uint8Array } { return pairs[name](); }
