/**
 * A private folder inside dist/ for files that have no final name yet: on the same file system, so renames are
 * atomic, and named after its process, so that the next run can sweep what a killed one left.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ioError } from '@slipway/core';

const pattern = /^\.work-(\d+)-[0-9a-f]+$/;

export interface WorkFolder {
  readonly path: string;
  remove(): void;
}

/** Create dist/ and a work folder in it; remove those of processes that are no longer there. */
export function openWorkFolder(dist: string): WorkFolder {
  try {
    mkdirSync(dist, { recursive: true });
    for (const name of readdirSync(dist)) {
      const pid = pattern.exec(name)?.[1];
      if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dist, name), { recursive: true, force: true });
    }
    const path = join(dist, `.work-${process.pid}-${randomBytes(4).toString('hex')}`);
    mkdirSync(path, { mode: 0o700 });
    const remove = (): void => {
      process.off('exit', remove);
      rmSync(path, { recursive: true, force: true });
    };
    process.on('exit', remove); // an interrupt leaves nothing behind, either
    return { path, remove };
  } catch (error) {
    throw ioError(error, `write to ${dist}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
