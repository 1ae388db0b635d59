/**
 * `slipway dist`, and its halves `build` and `package`.
 */
import { join, resolve } from 'node:path';
import { SlipwayError } from '@slipway/core';
import { processPort } from '@slipway/platform';
import { runDist, type DistOptions } from '../pipeline/dist.ts';
import { loadProject } from '../project/load.ts';
import { openReport } from '../report/report.ts';

export interface DistArguments {
  readonly config: string | undefined;
  readonly out: string | undefined;
  readonly target: readonly string[] | undefined;
  readonly wrapper: readonly string[] | undefined;
  readonly 'set-version': string | undefined;
  readonly jobs: number;
  readonly fake: boolean;
  readonly json: boolean;
}

export async function dist(args: DistArguments): Promise<number> {
  return run(args, { executables: args.fake ? 'fake' : 'compile' });
}

export async function build(args: DistArguments): Promise<number> {
  return run({ ...args, wrapper: [] }, { executables: args.fake ? 'fake' : 'compile' });
}

export async function packageOnly(args: DistArguments): Promise<number> {
  return run(args, { executables: 'present' });
}

async function run(args: DistArguments, { executables }: Pick<DistOptions, 'executables'>): Promise<number> {
  if (!Number.isInteger(args.jobs) || args.jobs < 1) throw new SlipwayError('USAGE', `--jobs ${args.jobs} is not a positive whole number`, { hint: 'It is the number of cores to use.' });
  const project = await loadProject(processPort, {
    cwd: process.cwd(),
    ...(args.config === undefined ? {} : { config: args.config }),
    ...(args['set-version'] === undefined ? {} : { version: args['set-version'] }),
  });
  const out = args.out === undefined ? join(project.root, 'dist') : resolve(args.out);
  const report = openReport(args.json, out);
  try {
    const result = await runDist({
      project,
      dist: out,
      selection: { targets: args.target, wrappers: args.wrapper },
      executables,
      jobs: args.jobs,
      report: report.event,
    });
    report.done(result);
  } finally {
    report.close();
  }
  return 0;
}
