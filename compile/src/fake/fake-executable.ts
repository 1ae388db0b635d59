/**
 * Executables of a few kilobytes with true headers, for rehearsals of a whole release and for tests: what inspects,
 * packs and verifies real ones treats these alike.
 */
import type { Target } from '@slipway/core';
import { fakeElf } from './fake-elf.ts';
import { fakeMachO } from './fake-macho.ts';
import { fakePe } from './fake-pe.ts';

/** Longest seed, in bytes of UTF-8. */
export const longestSeed = 1024;

/**
 * The executable of a target that prints `seed` and a newline and exits with 0 (on macOS and Windows arm64 it exits
 * only). Needs glibc 2.17, macOS 13.0 or any Windows 10. The same target and seed give the same bytes, different seeds
 * different ones. Throws RangeError for a seed over `longestSeed`.
 */
export function fakeExecutable(target: Target, seed: string): Uint8Array {
  const message = Buffer.from(`${seed}\n`);
  if (message.length > longestSeed + 1) throw new RangeError(`a seed of ${message.length - 1} bytes, more than ${longestSeed}`);
  if (target.os === 'darwin') return fakeMachO(target.arch, message);
  return target.os === 'windows' ? fakePe(target.arch, message) : fakeElf(target.arch, target.libc ?? 'glibc', message);
}
