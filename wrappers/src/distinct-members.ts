import { type ContainerEntry, SlipwayError } from '@slipway/core';

/**
 * The entries again, or PLAN_CONFLICT where two would be the same file on a file system that ignores case: the
 * publisher's own files lie beside the ones a wrapper makes.
 */
export function distinctMembers(container: string, entries: readonly ContainerEntry[]): readonly ContainerEntry[] {
  const seen = new Set<string>();
  for (const { path } of entries) {
    if (seen.has(path.toLowerCase())) {
      throw new SlipwayError('PLAN_CONFLICT', `${container} would hold ${path} twice`, {
        hint: 'Rename or leave out one of the files of the release.',
      });
    }
    seen.add(path.toLowerCase());
  }
  return entries;
}
