/** The way into an installation for everything that changes it: allowed, alone, with a state that holds. */
import { SlipwayError, type FsPort, type LockPort, type ProcessesPort, type RandomPort } from '@slipway/core';
import { installError } from './install-error.ts';
import type { Layout } from './layout.ts';
import { recover } from './recover.ts';
import { readState } from './state/state-file.ts';
import type { State } from './state/state.ts';

export interface InstallationPorts {
  readonly fs: FsPort;
  readonly lock: LockPort;
  readonly processes: ProcessesPort;
  readonly random: RandomPort;
}

/**
 * Run `body` with the lock, after whatever an interrupted run left has been put right. Throws LOCKED at once when
 * somebody else is at work; never waits.
 */
export async function withInstallation<Result>(ports: InstallationPorts, layout: Layout, body: (state: State) => Promise<Result> | Result): Promise<Result> {
  return withLock(ports, layout, () => body(recover(ports, layout, requireState(ports, layout))));
}

/** Run `body` with the lock. The system's errors come out as ours, in words for the program's user. */
export async function withLock<Result>(ports: InstallationPorts, layout: Layout, body: () => Promise<Result> | Result): Promise<Result> {
  try {
    checkPlace(ports, layout);
    const lock = ports.lock.tryLock(layout.lock);
    if (lock === undefined) throw new SlipwayError('LOCKED', `another update, rollback or repair of ${layout.root} is at work`);
    try {
      return await body();
    } finally {
      try {
        lock.release();
      } catch {
        // it is released with this process, at the latest
      }
    }
  } catch (error) {
    throw installError(error, `change the installation in ${layout.root}`);
  }
}

/** The state, or the error that says why there is none to work with. */
export function requireState({ fs }: Pick<InstallationPorts, 'fs'>, layout: Layout): State {
  const read = readState(fs, layout);
  switch (read.kind) {
    case 'state':
      return read.state;
    case 'newer':
      throw new SlipwayError('STATE_NEWER', `${layout.state} has format ${read.format}, which a newer version of the program wrote`);
    case 'damaged':
      throw new SlipwayError('STATE_DAMAGED', `${layout.state} cannot be read: neither of its two copies holds`);
    case 'none':
      throw new SlipwayError('STATE_DAMAGED', `${layout.state} is missing`);
  }
}

/**
 * Only the owner of an installation changes it, and nobody with all privileges where others could exchange what is
 * run. Throws ROOT_NOT_OWNED, ROOT_UNSAFE or NOT_INSTALLED.
 */
export function checkPlace({ fs, processes }: Pick<InstallationPorts, 'fs' | 'processes'>, { root }: Layout): void {
  const found = fs.stat(root);
  if (found?.kind !== 'folder') throw new SlipwayError('NOT_INSTALLED', `there is no installation in ${root}`);
  const uid = processes.uid();
  if (uid === undefined) return;
  if (found.uid !== uid) throw new SlipwayError('ROOT_NOT_OWNED', `${root} belongs to user ${found.uid}, and this is user ${uid}`);
  if (uid !== 0) return;
  for (const folder of [...foldersTo(root), `${root}/versions`]) {
    const problem = unsafe(fs, folder);
    if (problem !== undefined) throw new SlipwayError('ROOT_UNSAFE', `${folder} ${problem}`);
  }
}

function unsafe(fs: FsPort, folder: string): string | undefined {
  const found = fs.stat(folder);
  if (found === undefined) return undefined;
  if (found.kind !== 'folder') return `is a ${found.kind}, which can be pointed elsewhere`;
  if (found.uid !== 0) return `belongs to user ${found.uid}`;
  // In a folder with the sticky bit (/tmp), nobody can exchange what is not theirs.
  return (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0 ? 'can be written by other users' : undefined;
}

/** `/`, `/home`, `/home/me`, … */
function foldersTo(path: string): readonly string[] {
  const names = path.split('/').slice(1);
  return ['/', ...names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)];
}
