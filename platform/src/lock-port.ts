/**
 * A lock that SIGKILL releases and that Node and Bun have in common: SQLite's exclusive transaction on an empty file,
 * which is never written. SQLite locks with fcntl, and a process loses those locks when it closes *any* descriptor of
 * the file: nothing else may open it.
 */
import type { LockPort } from '@slipway/core';
import { fs, sqlite } from './on-demand.ts';
import { quietly } from './quietly.ts';

/** https://sqlite.org/rescode.html; extended codes have more in their higher bytes. */
const busy = 5;
const reasons: Readonly<Record<number, string>> = { 8: 'EROFS', 14: 'EACCES', 26: 'EINVAL' };

/** What nothing refers to is collected, and its lock with it: Bun does so within milliseconds. */
const held = new Set<object>();

export const lockPort: LockPort = {
  tryLock(path) {
    makeFile(path);
    const { DatabaseSync } = quietly(sqlite);
    let database: InstanceType<typeof DatabaseSync> | undefined;
    try {
      database = new DatabaseSync(path, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
      const kept = database;
      held.add(kept);
      return { release: () => { held.delete(kept); kept.close(); } };
    } catch (error) {
      database?.close();
      const code = Number((error as { readonly errcode?: unknown }).errcode) & 0xff;
      if (code === busy) return undefined;
      const message = `cannot lock ${path}: ${error instanceof Error ? error.message : String(error)}`;
      throw Object.assign(new Error(message, { cause: error }), { code: reasons[code] ?? 'EIO' });
    }
  },
};

/** SQLite would make it readable to all. */
function makeFile(path: string): void {
  try {
    fs().closeSync(fs().openSync(path, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
