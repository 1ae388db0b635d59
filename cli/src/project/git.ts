import type { ProcessPort } from '@slipway/core';

export interface Commit {
  readonly hash: string;
  /** Seconds since 1970, of the committer. */
  readonly date: number;
}

/** Only reading, and whoever owns the folder: no hook, monitor or pager of the repository's configuration runs. */
const safely = (root: string): readonly string[] => ['-C', root, '-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '-c', 'log.showSignature=false', '--no-pager'];

async function git(port: ProcessPort, root: string, args: readonly string[]): Promise<string | undefined> {
  const result = await port.run('git', [...safely(root), ...args]).catch(() => undefined); // no git: a project without history
  return result?.code === 0 ? result.stdout.trim() : undefined;
}

/** The checked-out commit, or undefined where there is no repository, no commit or no git. */
export async function headCommit(port: ProcessPort, root: string): Promise<Commit | undefined> {
  const line = await git(port, root, ['log', '-1', '--format=%H %ct']);
  const [, hash, date] = /^([0-9a-f]{40,64}) (\d+)$/.exec(line ?? '') ?? [];
  return hash === undefined ? undefined : { hash, date: Number(date) };
}

export async function tagsOfHead(port: ProcessPort, root: string): Promise<readonly string[]> {
  const lines = await git(port, root, ['tag', '--points-at', 'HEAD']);
  return lines === undefined || lines === '' ? [] : lines.split('\n');
}
