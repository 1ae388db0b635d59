/** Put right whatever an interrupted run left. Doing it twice changes nothing; nothing of use is touched. */
import type { FsPort } from '@slipway/core';
import { isPresent, pointCurrent } from './current.ts';
import type { Layout } from './layout.ts';
import { isTemporaryName } from './state/temporary-name.ts';
import type { State } from './state/state.ts';
import { removeTree } from './tree.ts';
import { settle, type SettlePorts } from './trial/settle.ts';

export interface RecoverPorts extends SettlePorts {
  readonly fs: FsPort;
}

/** The state after it. The lock is held, so nothing in `staging/` belongs to anybody. */
export function recover(ports: RecoverPorts, layout: Layout, state: State): State {
  sweep(ports.fs, layout);
  if (isPresent(ports.fs, layout, state.confirmed.version)) pointCurrent(ports, layout, state.confirmed.version);
  return settle(ports, layout, state).state;
}

/** Everything that was being written when a run ended early. */
export function leftovers(fs: FsPort, layout: Layout): readonly string[] {
  return [
    ...fs.list(layout.staging).map((name) => `${layout.staging}/${name}`),
    ...fs.list(layout.root).filter(isTemporaryName).map((name) => `${layout.root}/${name}`),
  ];
}

export function sweep(fs: FsPort, layout: Layout): readonly string[] {
  const paths = leftovers(fs, layout);
  for (const path of paths) removeTree(fs, path);
  return paths;
}
