import { availableParallelism, cpus } from 'node:os';
import { runChild } from './child.ts';
import { goreleaser, node, root, systemNode } from './places.ts';

type Facts = Readonly<Record<string, string>>;

const firstLine = async (...command: readonly string[]): Promise<string> => (await runChild(command, { cwd: root })).stdout.trim().split('\n')[0] ?? '';

/** Where and with what a run was made: ratios move with these. */
export async function describeMachine(): Promise<Facts> {
  const changes = await firstLine('git', 'status', '--porcelain', '--untracked-files=no');
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores`,
    system: await firstLine('uname', '-sr'),
    slipway: `${await firstLine('git', 'rev-parse', '--short', 'HEAD')}${changes === '' ? '' : ' and changes'}`,
    bun: Bun.version,
  };
}

/** The peers of a run of dist. */
export async function describePeers(): Promise<Facts> {
  return {
    node: `${await firstLine(node, '--version')}, system ${await firstLine(systemNode, '--version')}`,
    go: (await firstLine('go', 'version')).split(' ')[2] ?? '',
    goreleaser: /GitVersion:\s+(\S+)/.exec((await runChild([goreleaser, '--version'])).stdout)?.[1] ?? '',
  };
}
