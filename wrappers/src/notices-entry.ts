/** Third-party notices in packages: the publisher's own file or, where there is none, what was gathered while building. */
import { type ContainerEntry, type Release, type TargetBuild, textEntry } from '@slipway/core';

export const noticesName = 'THIRD-PARTY-NOTICES.txt';

/** The gathered notices of a target; undefined where the publisher has a file, or nothing was gathered. */
export function gatheredNotices(release: Release, { notices }: TargetBuild): string | undefined {
  return release.files.some(({ role }) => role === 'notices') ? undefined : notices;
}

/** As a member of the package; `folder` is empty or has a slash at its end. */
export function noticesEntries(release: Release, build: TargetBuild, folder: string): readonly ContainerEntry[] {
  const text = gatheredNotices(release, build);
  return text === undefined ? [] : [textEntry(folder + noticesName, text)];
}
