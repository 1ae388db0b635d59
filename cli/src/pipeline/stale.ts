/**
 * What earlier runs left in dist/ that this one does not write. Only what is known to be ours goes: files that the
 * last records list, that stamps remember, or that the plan has a name for; and the links of executables that go.
 */
import { lstatSync, readFileSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { artifactsSchema, ioError, type Artifact, type Plan } from '@slipway/core';
import { recordFiles } from './records.ts';

/** Paths below dist/ that the last complete run recorded. */
export function recordedPaths(dist: string): readonly string[] {
  try {
    return artifactsSchema.parse(JSON.parse(readFileSync(join(dist, 'artifacts.json'), 'utf8'))).map(({ path }) => path);
  } catch {
    return []; // none, or not ours: then it says nothing about what to remove
  }
}

/** Remove everything of ours but `artifacts` and the records; `known` are paths below dist/. */
export function removeStale(dist: string, known: readonly string[], plan: Plan, artifacts: readonly Artifact[]): void {
  const current = new Set<string>([...artifacts.map(({ path }) => path), ...recordFiles]);
  const stale = [...known, ...plan.artifacts.map(({ path }) => path)].filter((path) => !current.has(path));
  for (const path of new Set(stale)) {
    try {
      remove(join(dist, path));
      if (path.startsWith('bin/')) removeLinks(dirname(join(dist, path)));
      removeEmpty(dirname(join(dist, path)), dist);
    } catch (error) {
      throw ioError(error, `write to ${join(dist, path)}`);
    }
  }
}

function remove(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
}

/** Paths below `dist` of absolute ones that lie in it. */
export function pathsInside(dist: string, paths: readonly string[]): readonly string[] {
  return paths.map((path) => relative(dist, path).split(sep).join('/')).filter((path) => !path.startsWith('../'));
}

/** Links in a target's folder lead to its executable. */
function removeLinks(folder: string): void {
  for (const name of list(folder)) if (lstatSync(join(folder, name)).isSymbolicLink()) unlinkSync(join(folder, name));
}

function removeEmpty(folder: string, dist: string): void {
  if (folder === dist || list(folder).length > 0) return;
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  removeEmpty(dirname(folder), dist);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
