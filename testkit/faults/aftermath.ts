/**
 * What holds after any fault: what has a final name is whole, and the next run starts clean and ends well.
 */
import { expect } from '@jest/globals';
import { halfWritten, lingering, workFolders } from './leftovers.ts';
import { expectSuccess } from './outcome.ts';
import { run, type Ran } from './program.ts';
import type { Project } from './project.ts';
import { foreign, plain, readTree, type Tree } from './tree.ts';

export interface Expected {
  /** The arguments of the run that was disturbed. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes undisturbed. */
  readonly clean: Tree;
  /** What was there before it. */
  readonly before?: Tree;
  /** Milliseconds in which every process of the disturbed run must have ended. */
  readonly patience?: number;
}

/** Check the output folder, run again, and check everything; returns the second run. */
export async function expectRecovery(project: Project, { args, env = {}, clean, before = new Map(), patience = 2000 }: Expected): Promise<Ran> {
  expect(foreign(readTree(project.dist), clean, before)).toEqual([]);
  const again = await run(project, args, { env });
  expectSuccess(again);
  expect(plain(readTree(project.dist))).toEqual(plain(clean));
  expect(await lingering(project, patience)).toEqual([]);
  expect(workFolders(project)).toEqual([]);
  expect(halfWritten(project)).toEqual([]);
  return again;
}
