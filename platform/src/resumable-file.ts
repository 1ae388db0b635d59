/**
 * A large file that appears under its name when it is whole, and of which a run that was killed loses no finished piece.
 *
 * Beside the final name lies a private folder, named after its process, with the file so far and a journal: what is being
 * made, and a line for each piece that is on the disk. The next run takes the folder of a dead process over by renaming
 * it, so that only one can, and goes on behind the last piece of the journal. Nothing that was written is read again.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ioError } from '@slipway/core';
import { isAlive, startOf } from './work-folder.ts';

/** What is being made: another run goes on only with the same. */
export interface Making {
  /** Where the file appears. */
  readonly path: string;
  /** Stands for all inputs. */
  readonly key: string;
  /** Bytes of the whole file, and of each piece but the last. */
  readonly size: number;
  readonly pieceSize: number;
}

export interface ResumableFile {
  /** Pieces that an earlier run has finished. */
  readonly finished: number;
  /** Write the next piece and sync it. */
  write(bytes: Uint8Array): void;
  /** Every piece is written: give the file its permission bits and its name. */
  commit(mode: number): void;
  /** Remove everything. Without it, and without `commit`, the next run goes on. */
  discard(): void;
}

/** Folders of files that this very process makes. */
const ours = new Set<string>();

const pieceFile = 'file';
const journalFile = 'journal';

/** Nothing is created before the first write. Throws DIST_UNWRITABLE, DISK_FULL or IO_FAILED, here and later. */
export function openResumableFile(making: Making): ResumableFile {
  const doing = `write ${making.path}`;
  const io = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw ioError(error, doing);
    }
  };
  const folder = join(dirname(making.path), `${prefixOf(making.path)}${process.pid}-${startOf(process.pid)}-${randomBytes(4).toString('hex')}`);
  ours.add(folder);
  const finished = io(() => takeOver(making, folder));
  let pieces = finished;
  let open: { readonly file: number; readonly journal: number } | undefined;

  const begin = (): { readonly file: number; readonly journal: number } => {
    if (open !== undefined) return open;
    if (finished === 0) mkdirSync(folder, { mode: 0o700 });
    open = { file: openSync(join(folder, pieceFile), finished === 0 ? 'wx' : 'r+', 0o600), journal: openSync(join(folder, journalFile), 'a', 0o600) };
    ftruncateSync(open.file, endOf(making, finished)); // a piece that was being written
    if (finished === 0) writeFully(open.journal, Buffer.from(`${headOf(making)}\n`));
    return open;
  };
  const close = (): void => {
    if (open !== undefined) for (const fd of Object.values(open)) closeSync(fd);
    open = undefined;
  };
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    ours.delete(folder);
  };

  return {
    finished,
    write: (bytes) => io(() => {
      const { file, journal } = begin();
      writeFully(file, bytes, endOf(making, pieces));
      fsyncSync(file);
      pieces += 1; // a line of the journal is never on the disk before its piece
      writeFully(journal, Buffer.from(`${pieces}\n`));
    }),
    commit: (mode) => io(() => {
      const { file } = begin();
      fchmodSync(file, mode);
      fsyncSync(file);
      close();
      renameSync(join(folder, pieceFile), making.path);
      syncFolder(dirname(making.path));
      remove();
    }),
    discard: () => io(() => {
      close();
      remove();
    }),
  };
}

const prefixOf = (path: string): string => `.${basename(path)}.making-`;
const headOf = ({ key, size, pieceSize }: Making): string => JSON.stringify({ format: 1, key, size, pieceSize });
const endOf = ({ size, pieceSize }: Making, pieces: number): number => Math.min(size, pieces * pieceSize);

/** Make the most finished folder of a dead process ours and remove the others; pieces that it has. */
function takeOver(making: Making, folder: string): number {
  const parent = dirname(making.path);
  const prefix = prefixOf(making.path);
  const dead = readdirSync(parent).filter((name) => name.startsWith(prefix)).map((name) => join(parent, name)).filter((path) => {
    const [, pid, start = ''] = /^(\d+)-(\d+)-[0-9a-f]+$/.exec(basename(path).slice(prefix.length)) ?? [];
    if (pid === undefined || ours.has(path)) return false;
    return Number(pid) === process.pid || !isAlive(Number(pid), start); // in containers every run may have the same number
  });
  const [best, ...others] = dead.map((path) => ({ path, finished: finishedIn(path, making) })).sort((a, b) => b.finished - a.finished);
  if (best === undefined) return 0;
  for (const { path } of best.finished === 0 ? [best, ...others] : others) rmSync(path, { recursive: true, force: true });
  if (best.finished === 0) return 0;
  try {
    renameSync(best.path, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0; // another run was faster
    throw error;
  }
  return best.finished;
}

/** Pieces in a folder; 0 when it is for something else, or not whole. */
function finishedIn(folder: string, making: Making): number {
  try {
    const [head, ...lines] = readFileSync(join(folder, journalFile), 'utf8').split('\n').slice(0, -1);
    const finished = Number(lines.at(-1) ?? 0);
    if (head !== headOf(making) || !Number.isSafeInteger(finished) || finished < 0) return 0;
    return statSync(join(folder, pieceFile)).size >= endOf(making, finished) && finished <= Math.ceil(making.size / making.pieceSize) ? finished : 0;
  } catch {
    return 0; // killed before there was a journal, or after the file got its name
  }
}

function writeFully(fd: number, bytes: Uint8Array, at?: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at === undefined ? null : at + done);
}

/** So that the new name survives a loss of power. Windows has no such call, and needs none. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
