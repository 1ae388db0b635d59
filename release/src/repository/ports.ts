import type { ClockPort, FsPort, LockPort, RandomPort } from '@slipway/core';

/** What a change of a repository touches; durability is the algorithm, so every step of it goes through here. */
export interface RepositoryPorts {
  readonly fs: Pick<FsPort, 'read' | 'list' | 'stat' | 'create' | 'open' | 'makeFolder' | 'rename' | 'unlink' | 'removeFolder' | 'syncFolder'>;
  readonly clock: ClockPort;
  readonly random: RandomPort;
  readonly lock: LockPort;
}

export type RepositoryFs = RepositoryPorts['fs'];
