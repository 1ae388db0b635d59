/** `current`, the link that `<bin>/<name>` goes through. It follows the state: what is confirmed is what it points to. */
import type { FsPort, RandomPort } from '@slipway/core';
import { currentTarget, versionFolder, type Layout } from './layout.ts';
import { temporaryName } from './state/temporary-name.ts';

export interface CurrentPorts {
  readonly fs: Pick<FsPort, 'readLink' | 'symlink' | 'rename' | 'unlink' | 'syncFolder'>;
  readonly random: RandomPort;
}

/**
 * Let `current` point to a version; whether it had to be changed. A new link is renamed over the old one, so that no
 * moment is without. The lock is held by the caller, and the state that says so is durable.
 */
export function pointCurrent({ fs, random }: CurrentPorts, layout: Layout, version: string): boolean {
  const target = currentTarget(version);
  if (fs.readLink(layout.current) === target) return false;
  const beside = temporaryName(random, layout.current);
  fs.symlink(target, beside);
  try {
    fs.rename(beside, layout.current);
  } catch (error) {
    try {
      fs.unlink(beside);
    } catch {
      // recovery sweeps it
    }
    throw error;
  }
  fs.syncFolder(layout.root);
  return true;
}

/** Whether a version's folder is there at all. */
export function isPresent(fs: Pick<FsPort, 'stat'>, layout: Layout, version: string): boolean {
  return fs.stat(versionFolder(layout, version))?.kind === 'folder';
}
