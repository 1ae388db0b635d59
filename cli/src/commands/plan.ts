import { selectedArtifacts } from '@slipway/core';
import { processPort } from '@slipway/platform';
import { planRun } from '../pipeline/plan.ts';
import { loadProject } from '../project/load.ts';
import { leftOut } from '../report/left-out.ts';
import { table } from '../report/table.ts';

export interface PlanArguments {
  readonly config: string | undefined;
  readonly target: readonly string[] | undefined;
  readonly wrapper: readonly string[] | undefined;
  readonly 'set-version': string | undefined;
  readonly json: boolean;
}

export async function plan(args: PlanArguments): Promise<number> {
  const project = await loadProject(processPort, {
    cwd: process.cwd(),
    ...(args.config === undefined ? {} : { config: args.config }),
    ...(args['set-version'] === undefined ? {} : { version: args['set-version'] }),
  });
  const { plan: made } = planRun(project, { targets: args.target, wrappers: args.wrapper });
  if (args.json) {
    process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    return 0;
  }
  const rows = selectedArtifacts(made).map(({ target, wrapper, path }) => [target ?? 'any', wrapper ?? 'binary', path]);
  process.stdout.write(`${made.product.name} ${made.product.version}\n\n${table(['target', 'wrapper', 'file'], rows)}`);
  if (process.env['CIBW_BUILD'] !== undefined || process.env['CIBW_SKIP'] !== undefined) {
    process.stdout.write(`\n${table(['identifier', 'wheel'], made.identifiers.map(({ identifier, path }) => [identifier, path ?? 'none: no target of this product'])) }\n`);
  }
  for (const line of leftOut(made.skipped, made.targets)) process.stdout.write(`${line}\n`);
  return 0;
}
