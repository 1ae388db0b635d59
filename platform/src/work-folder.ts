/**
 * A private folder for files that have no final name yet: on the file system of what they will be, so renames are
 * atomic, and named after its process, so that the next run can sweep what a killed one left.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, SlipwayError } from '@slipway/core';

const unknown = '0';
/** The process, when it started, and a random part: a process id alone is given out again. */
const pattern = /^\.work-(\d+)-(\d+)-[0-9a-f]+$/;

export interface WorkFolder {
  readonly path: string;
  remove(): void;
}

/**
 * Create `folder` and a work folder in it; remove those of processes that are no longer there. With `alone`, throws
 * DIST_UNWRITABLE while another process works there.
 */
export function openWorkFolder(folder: string, alone = false): WorkFolder {
  try {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `.work-${process.pid}-${startOf(process.pid)}-${randomBytes(4).toString('hex')}`);
    mkdirSync(path, { mode: 0o700 });
    const remove = (): void => {
      process.off('exit', remove);
      rmSync(path, { recursive: true, force: true });
    };
    process.on('exit', remove); // an interrupt leaves nothing behind, either
    const other = sweep(folder);
    if (alone && other !== undefined) {
      remove();
      throw new SlipwayError('DIST_UNWRITABLE', `another run, process ${other}, is writing to ${folder}`, { hint: 'Wait for it to end, or choose another folder with --out.' });
    }
    return { path, remove };
  } catch (error) {
    throw ioError(error, `write to ${folder}`);
  }
}

/** Remove what dead processes left; the process of one that lives, if there is any but us. */
function sweep(folder: string): number | undefined {
  let living: number | undefined;
  for (const name of readdirSync(folder)) {
    const [, pid = '', start = ''] = pattern.exec(name) ?? [];
    if (pid === '' || Number(pid) === process.pid) continue;
    if (isAlive(Number(pid), start)) living = Number(pid);
    else rmSync(join(folder, name), { recursive: true, force: true });
  }
  return living;
}

/** Whether the process runs and is the one that started then. */
export function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return now === unknown || now === start;
}

/**
 * When a process started, in clock ticks since the system did: field 22 of proc_pid_stat(5), which survives what its
 * folder's times do not. Where there is no /proc, or it hides the process, the id alone has to do.
 */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? unknown; // the name before it may hold anything
  } catch {
    return unknown;
  }
}
