/**
 * A target is a label; facts are what the bytes say. Where the two disagree, the bytes are right and the run stops.
 */
import { SlipwayError, type ExecutableFacts, type Target } from '@slipway/core';
import { compareDotted } from './dotted-version.ts';

/** The oldest systems that the packages claim to run on. */
export interface Promised {
  readonly glibcFloor?: string;
  readonly minimumMacos?: string;
}

/** Throws INSPECT_MISMATCH naming the label and the facts. A static executable satisfies either C library. */
export function checkFacts(facts: ExecutableFacts, target: Target, promised: Promised): void {
  const libcFits = target.libc === undefined || facts.libc === 'static' || facts.libc === target.libc;
  if (facts.os !== target.os || facts.arch !== target.arch || !libcFits) {
    mismatch(`labelled ${target.id} (${describe(target)}) but its bytes are for ${describe(facts)}${evidence(facts)}`,
      'Give the executable that was built for this target, or name the target it was built for.');
  }
  if (target.libc === 'glibc') checkGlibc(facts, target, promised.glibcFloor);
  if (target.os === 'darwin') checkMacos(facts, target, promised.minimumMacos);
}

function checkGlibc(facts: ExecutableFacts, target: Target, promised: string | undefined): void {
  if (promised === undefined || facts.glibcFloor === undefined || compareDotted(facts.glibcFloor, promised) <= 0) return;
  mismatch(`${target.id} is promised for glibc ${promised} and newer but its bytes need glibc ${facts.glibcFloor}`,
    'Build it against an older glibc, or raise the promised floor.');
}

function checkMacos(facts: ExecutableFacts, target: Target, promised: string | undefined): void {
  if (facts.signature !== 'ad-hoc' && facts.signature !== 'certificate') {
    mismatch(`${target.id} must be signed but its bytes hold no signature`, 'Sign it, ad hoc at least: macOS kills unsigned programs.');
  }
  if (promised === undefined || (facts.minimumMacos !== undefined && compareDotted(facts.minimumMacos, promised) <= 0)) return;
  const actual = facts.minimumMacos === undefined ? 'name no oldest macOS' : `need macOS ${facts.minimumMacos}`;
  mismatch(`${target.id} is promised for macOS ${promised} and newer but its bytes ${actual}`,
    'Build it with an older deployment target, or raise the promised minimum.');
}

function describe({ os, arch, libc }: Pick<ExecutableFacts, 'os' | 'arch' | 'libc'>): string {
  return [os, arch, libc ?? (os === 'linux' ? 'an unknown C library' : [])].flat().join(', ');
}

function evidence(facts: ExecutableFacts): string {
  if (facts.interpreter !== undefined) return ` (interpreter ${facts.interpreter})`;
  return facts.format === 'elf' ? ' (no interpreter)' : ` (${facts.format === 'pe' ? 'PE' : 'Mach-O'} header)`;
}

function mismatch(message: string, hint: string): never {
  throw new SlipwayError('INSPECT_MISMATCH', message, { hint });
}
