/** The switch from one version to another. */
import { pointCurrent, type CurrentPorts } from './current.ts';
import type { Layout } from './layout.ts';
import { writeState, type StatePorts } from './state/state-file.ts';
import type { State } from './state/state.ts';

export interface ActivatePorts extends StatePorts, CurrentPorts {
  readonly fs: StatePorts['fs'] & CurrentPorts['fs'];
}

/**
 * Make `next` the state and let `current` follow, in this order: the state is the intention. Killed between the two,
 * `current` still runs the old version, whose guard (or the next update) finishes the switch. What `next` confirms is
 * in its place, whole and verified; the lock is held.
 */
export function activate(ports: ActivatePorts, layout: Layout, next: State): State {
  writeState(ports, layout, next);
  pointCurrent(ports, layout, next.confirmed.version);
  return next;
}
