import { availableParallelism, cpus } from 'node:os';
import { mustRun } from '../child.ts';
import { root } from '../places.ts';

/** Where and with what a run was made: ratios move with these. */
export async function describeRun(): Promise<Readonly<Record<string, string>>> {
  const first = async (...command: readonly string[]): Promise<string> => (await mustRun(command, { cwd: root })).stdout.trim().split('\n')[0] ?? '';
  const changes = await first('git', 'status', '--porcelain', '--untracked-files=no');
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`,
    system: await first('uname', '-sr'),
    slipway: `${await first('git', 'rev-parse', '--short', 'HEAD')}${changes === '' ? '' : ' and changes'}`,
    bun: Bun.version,
  };
}
