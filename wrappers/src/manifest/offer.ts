/** What a manifest offers: the archive of each target that its package manager serves, and where it is downloaded. */
import { type InstalledArtifact, type PlannedArtifact, type Release, type Skip, type Target, targetOf } from '@slipway/core';
import { downloadAddress } from './download.ts';

export interface Offer {
  readonly target: Target;
  readonly archive: PlannedArtifact;
  readonly url: string;
  /** Where the members lie inside the archive: empty, or a directory with a slash at its end. */
  readonly folder: string;
}

export interface Offers {
  readonly offers: readonly Offer[];
  readonly skipped: readonly Skip[];
}

/** `unfit` says why a target has no place in this ecosystem, or undefined. */
export function offersOf(release: Release, template: string | undefined, unfit: (target: Target, archive: PlannedArtifact | undefined) => string | undefined): Offers {
  const offers: Offer[] = [];
  const skipped: Skip[] = [];
  for (const { target: id } of release.builds) {
    const target = targetOf(id);
    const archive = release.archives.find((one) => one.target === id);
    const url = archive === undefined ? undefined : downloadAddress(release.product, archive, template);
    const reason = unfit(target, archive) ?? missing(archive, url);
    if (reason !== undefined) skipped.push({ target: id, reason });
    else if (archive !== undefined && url !== undefined) offers.push({ target, archive, url, folder: folderOf(archive) });
  }
  return { offers, skipped };
}

function missing(archive: PlannedArtifact | undefined, url: string | undefined): string | undefined {
  if (archive === undefined) return 'it installs from an archive, and there is none';
  if (url === undefined) return 'nothing says where the archives are downloaded from: set the option download, or a repository on GitHub';
  return undefined;
}

function folderOf({ executables }: PlannedArtifact): string {
  const entry = executables?.[0]?.entry ?? '';
  return entry.slice(0, entry.lastIndexOf('/') + 1);
}

/** What `PlannedFile.installs` says about a manifest of these. */
export function installs(offers: readonly Offer[]): readonly InstalledArtifact[] {
  return offers.map(({ target, archive }) => ({ target: target.id, id: archive.id }));
}
