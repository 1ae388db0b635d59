import { availableParallelism, cpus } from 'node:os';
import { runChild } from './child.ts';
import { goreleaser, node, root, systemNode } from './places.ts';

/** Where and with what a run was made: ratios move with these. */
export async function describeMachine(): Promise<Readonly<Record<string, string>>> {
  const first = async (...command: readonly string[]): Promise<string> => (await runChild(command, { cwd: root })).stdout.trim().split('\n')[0] ?? '';
  const changes = await first('git', 'status', '--porcelain', '--untracked-files=no');
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`,
    system: await first('uname', '-sr'),
    slipway: `${await first('git', 'rev-parse', '--short', 'HEAD')}${changes === '' ? '' : ' and changes'}`,
    bun: Bun.version,
    node: `${await first(node, '--version')}, system ${await first(systemNode, '--version')}`,
    go: (await first('go', 'version')).split(' ')[2] ?? '',
    goreleaser: /GitVersion:\s+(\S+)/.exec((await runChild([goreleaser, '--version'])).stdout)?.[1] ?? '',
  };
}
