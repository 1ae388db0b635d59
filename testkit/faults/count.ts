/**
 * How many faults the suite met and survived: one word a fault in a file that all of jest's workers append to, summed
 * at the end. A suite that meets nothing proves nothing.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suiteFolder } from './suite.ts';

/** `missed`: the moment had passed, or the call was another one; such a round says nothing. */
export type Outcome = 'survived' | 'failed' | 'missed';

const file = (): string => join(suiteFolder(), 'outcomes');

export function count(outcome: Outcome): void {
  appendFileSync(file(), `${outcome}\n`);
}

/** One line for the end of the suite. */
export function summary(): string {
  const outcomes = existsSync(file()) ? readFileSync(file(), 'utf8').trimEnd().split('\n') : [];
  const many = (outcome: Outcome): number => outcomes.filter((one) => one === outcome).length;
  return `faults: ${many('survived') + many('failed')} injected, ${many('survived')} survived; ${many('missed')} more came too late or met another call`;
}
