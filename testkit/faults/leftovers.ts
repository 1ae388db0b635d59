/**
 * What a run must not leave behind: work folders, half-written files in the cache, processes.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Project } from './project.ts';
import { filesBelow } from './tree.ts';

export function workFolders({ dist }: Project): readonly string[] {
  try {
    return readdirSync(dist).filter((name) => name.startsWith('.work-'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) return []; // there is no folder
    throw error;
  }
}

/** Everything in the cache that has no final name. */
export function halfWritten({ cache }: Project): readonly string[] {
  const final = [/^bases\/bun-[\w.-]+-h\d+\/(bun|bun\.exe|sha256)$/, /^blocks\/[\w.-]+\/[0-9a-f]{2}\/[0-9a-f]{64}$/, /^(stamps|bundled)\/[0-9a-f]{64}\.json$/];
  return filesBelow(cache).filter((path) => !final.some((pattern) => pattern.test(path)));
}

/** Command lines of running processes that have to do with the project. */
export function processesOf({ folder }: Project): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      if (readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) return []; // ended; whoever started it has not asked yet
      const about = [readlinkSync(`/proc/${pid}/cwd`), readFileSync(`/proc/${pid}/cmdline`, 'utf8'), readFileSync(`/proc/${pid}/environ`, 'utf8')];
      return about.some((text) => text.includes(folder)) ? [`${pid}: ${about[1]?.replaceAll('\0', ' ')}`] : [];
    } catch {
      return []; // it ended just now, or is the kernel's
    }
  });
}

/** Wait until no process of the project runs; returns those that still do after `patience` milliseconds. */
export async function lingering(project: Project, patience: number): Promise<readonly string[]> {
  for (const end = Date.now() + patience; Date.now() < end; await wait(20)) if (processesOf(project).length === 0) return [];
  return processesOf(project);
}

/** The id of the project's process whose command line holds `word`, as soon as there is one. */
export async function findProcess(project: Project, word: string): Promise<number> {
  for (const end = Date.now() + 30_000; Date.now() < end; await wait(5)) {
    const found = processesOf(project).find((line) => line.includes(word));
    if (found !== undefined) return Number.parseInt(found, 10);
  }
  throw new Error(`no process of the project is called ${word}`);
}
