/** Put a version on trial: from the next start on, the confirmed version's guard hands over to it. */
import type { FsPort } from '@slipway/core';
import type { Layout } from '../layout.ts';
import { writeState, type StatePorts } from '../state/state-file.ts';
import type { State, VersionRef } from '../state/state.ts';
import { onTrial } from './changes.ts';

/** The candidate is staged, verified and probed; the lock is held. Returns the state as it is from now on. */
export function startTrial(ports: StatePorts & { readonly fs: Pick<FsPort, 'stat'> }, layout: Layout, state: State, candidate: VersionRef, dataVersion: number): State {
  // An earlier trial's start would be counted for this one, should it be of the same release.
  if (ports.fs.stat(layout.trial) !== undefined) {
    ports.fs.unlink(layout.trial);
    ports.fs.syncFolder(layout.root);
  }
  const next = onTrial(state, candidate, dataVersion);
  writeState(ports, layout, next);
  return next;
}
