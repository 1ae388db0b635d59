/**
 * Plain archives, for installers, Homebrew, Scoop and people: the executable, its other names, the publisher's files
 * and the owner marker.
 */
import { type ContainerEntry, type PlannedFile, type Release, SlipwayError, targetOf, type TargetBuild, type Wrapper } from '@slipway/core';
import { distinctMembers } from '../distinct-members.ts';
import { carried, executableEntries } from '../executable-entries.ts';
import { noticesEntries } from '../notices-entry.ts';
import { ownerEntry } from '../owner-entry.ts';
import { archiveName } from './file-name.ts';
import { type ArchiveOptions, options } from './options.ts';

/** 1980-01-01, the oldest date a zip can hold (APPNOTE 4.4.6, MS-DOS format). */
const zipEpoch = 315_532_800;

export const archive: Wrapper<typeof options> = {
  name: 'archive',
  summary: 'tar.gz and zip archives with the executable, its documentation and licences',
  options,
  pack(release, chosen) {
    const files = release.builds.map((build) => archiveOf(release, build, chosen));
    refuseSameNames(files, chosen.name);
    return { files, skipped: [] };
  },
};

function archiveOf(release: Release, build: TargetBuild, chosen: ArchiveOptions): PlannedFile {
  const target = targetOf(build.target);
  const kind = chosen.formats[target.os];
  const stem = archiveName(chosen.name, release.product, target);
  const folder = kind === 'tar.gz' && chosen.wrapInDirectory ? `${stem}/` : '';
  const path = `archives/${stem}.${kind}`;
  const entries: readonly ContainerEntry[] = distinctMembers(path, [
    ...executableEntries(release.executable, target, folder, kind === 'tar.gz' ? 'link' : 'script'),
    ownerEntry(`${folder}${release.executable.name}.owner.json`, release, { owner: 'archive', package: release.product.name, upgrade: [] }),
    ...release.files.map((file): ContainerEntry => ({ path: folder + file.path, mode: 0o644, content: { kind: 'file', path: file.source } })),
    ...noticesEntries(release, build, folder),
  ]);
  return {
    id: `archive:${build.target}`,
    type: 'archive',
    path,
    wrapper: 'archive',
    target: build.target,
    executables: carried(release.executable, target, folder),
    content: kind === 'zip' ? { kind, entries, mtime: Math.max(release.date, zipEpoch) } : { kind, entries, mtime: release.date },
  };
}

function refuseSameNames(files: readonly PlannedFile[], template: string): void {
  const first = new Map<string, PlannedFile>();
  for (const file of files) {
    const other = first.get(file.path.toLowerCase());
    if (other !== undefined) {
      throw new SlipwayError('PLAN_CONFLICT', `archive: the name "${template}" gives ${file.path} for both ${other.target} and ${file.target}`, {
        hint: 'Put {target} or {libc} into the name.',
      });
    }
    first.set(file.path.toLowerCase(), file);
  }
}
