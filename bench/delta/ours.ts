/**
 * What Slipway makes of a pair, as the program it is, and what no program could do without: starting, hashing, writing.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { selfCommand } from '../../cli/src/self.ts';
import { mustRun, type ChildResult } from '../child.ts';
import { bun } from '../places.ts';
import type { PairFiles } from './pair-files.ts';
import { fileDigest, type Cost, type PatchResult } from './peer-results.ts';

export interface OwnResult extends PatchResult {
  readonly variant: string;
  /** Of hashing both files, and of hashing both and writing the new one, by a program on the same runtime. */
  readonly hashing: Cost;
  readonly copying: Cost;
  /** Of starting that program, and of starting ours. */
  readonly start: Cost;
  readonly ownStart: Cost;
}

export async function ownResult(files: PairFiles, digests: PairFiles, scratch: string): Promise<OwnResult> {
  const { command, args } = selfCommand();
  const [patch, restored] = [join(scratch, 'patch'), join(scratch, 'next')];
  const made = await mustRun([command, ...args, 'diff', files.base, files.next, '-o', patch, '--json']);
  const applied = await mustRun([command, ...args, 'patch', files.base, patch, '-o', restored, '--json']);
  if ((await fileDigest(restored)) !== digests.next) throw new Error(`slipway does not restore ${files.next}`);
  const floor = async (...words: readonly string[]): Promise<Cost> => cost(await mustRun([bun, join(import.meta.dirname, 'floor.ts'), ...words]));
  return {
    tool: 'slipway',
    version: 'this checkout',
    size: statSync(patch).size,
    variant: (JSON.parse(made.stdout) as { readonly variant: string }).variant,
    diff: cost(made),
    apply: cost(applied),
    hashing: await floor(files.base, files.next),
    copying: await floor(files.base, files.next, restored),
    start: await floor(),
    ownStart: cost(await mustRun([command, ...args, 'patch', '--help'])),
  };
}

const cost = ({ cpu, peak }: ChildResult): Cost => ({ cpu, peak });
