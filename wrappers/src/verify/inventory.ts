/** What lies in dist/'s artifact folders beside what should: nothing. */
import { readdir, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { binaryId, type Plan, type PlannedArtifact, selectedArtifacts, SlipwayError, targetOf } from '@slipway/core';
import type { Complain } from './report.ts';

/** Files that are looked at before verify gives up on a folder that is no dist/. */
const mostFiles = 100_000;

/** Complain about every file that the plan's own run did not write, and about each alias in bin/ that leads elsewhere. */
export async function checkInventory(dist: string, plan: Plan, complain: Complain): Promise<void> {
  const planned = new Set(selectedArtifacts(plan).map(({ path }) => path));
  const aliases = aliasLinks(plan);
  const folders = new Set(plan.artifacts.filter(({ path }) => path.includes('/')).map(({ path }) => path.slice(0, path.indexOf('/'))));
  const links = new Set<string>();
  for (const { path, kind } of await filesIn(dist, [...folders])) {
    const expected = aliases.get(path);
    if (expected !== undefined && kind === 'link') {
      links.add(path);
      const found = await readlink(join(dist, path));
      if (found !== expected) complain('alias', path, `links to ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
    } else if (!planned.has(path)) {
      complain('unexpected', path, `this ${kind} is not in the plan`);
    }
  }
  for (const [path, expected] of aliases) if (!links.has(path)) complain('alias', path, `the link to ${JSON.stringify(expected)} is not there`);
}

/** Where Windows has a launcher, which is an artifact, other systems have a link beside the executable. */
function aliasLinks(plan: Plan): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  const selected = selectedArtifacts(plan);
  for (const target of plan.selected.targets) {
    const executable = selected.find(({ id }) => id === binaryId(target, plan.executable.name));
    if (executable === undefined || targetOf(target).os === 'windows') continue;
    for (const alias of plan.executable.aliases) links.set(join(dirname(executable.path), alias), lastSegment(executable));
  }
  return links;
}

function lastSegment({ path }: PlannedArtifact): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

interface Found {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'special file';
}

async function filesIn(dist: string, folders: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  const waiting = [...folders];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await entriesOf(join(dist, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else found.push({ path, kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'link' : 'special file' });
      if (found.length + waiting.length > mostFiles) throw new SlipwayError('IO_FAILED', `more than ${mostFiles} files below ${dist}`);
    }
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    // Its files are found missing one by one.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    throw new SlipwayError('IO_FAILED', `${path} cannot be read`, { cause: error });
  }
}
