/** Remove the versions that nobody needs any more. */
import type { FsPort, ProcessesPort, RandomPort } from '@slipway/core';
import { isVersionName, versionFolder, type Layout } from './layout.ts';
import { randomHex } from './state/temporary-name.ts';
import type { State } from './state/state.ts';
import { ensureFolder, removeTree } from './tree.ts';

export interface CollectPorts {
  readonly fs: FsPort;
  readonly random: RandomPort;
  readonly processes: Pick<ProcessesPort, 'runningFrom'>;
}

export interface Collected {
  readonly removed: readonly string[];
  /** Not needed, but a program runs from them: the next time. */
  readonly inUse: readonly string[];
}

/** Versions that are neither confirmed, nor the way back, nor on trial. */
export function unneeded(fs: Pick<FsPort, 'list'>, layout: Layout, state: State): readonly string[] {
  const needed = [state.confirmed, state.previous, state.trial].map((ref) => ref?.version);
  return fs.list(layout.versions).filter((name) => isVersionName(name) && !needed.includes(name));
}

/**
 * Remove them, but for those that a process runs from: that is its lease. A version leaves `versions/` by one rename,
 * so that no half of it is ever there. The lock is held.
 */
export function collect({ fs, random, processes }: CollectPorts, layout: Layout, state: State): Collected {
  const removed: string[] = [];
  const inUse: string[] = [];
  for (const version of unneeded(fs, layout, state)) {
    const folder = versionFolder(layout, version);
    if (processes.runningFrom(folder).length > 0) {
      inUse.push(version);
      continue;
    }
    ensureFolder(fs, layout.staging, 0o700);
    const aside = `${layout.staging}/${randomHex(random)}`;
    fs.rename(folder, aside);
    fs.syncFolder(layout.versions);
    removeTree(fs, aside);
    removed.push(version);
  }
  return { removed, inUse };
}

/** Remove the downloads whose names are not among these. */
export function sweepDownloads(fs: FsPort, layout: Layout, keep: ReadonlySet<string>): void {
  for (const name of fs.list(layout.downloads)) {
    if (!keep.has(name)) removeTree(fs, `${layout.downloads}/${name}`);
  }
}
