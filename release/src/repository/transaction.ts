/**
 * One change of a repository, all of it or nothing. In order:
 *
 * 1. stage     every new file in `.transaction/`, written and synced
 * 2. journal   which names will appear, and which timestamp makes them count; synced
 * 3. place     all of them under their final names, but timestamp.json and new roots; their folders synced
 * 4. commit    timestamp.json by one rename, synced: before it the old repository, after it the new one
 * 5. roots     new versions of the root, which clients find by their number and not through the timestamp
 * 6. clear     the journal first
 *
 * `recover` finishes what a killed run left: after the commit it goes on from 5, before it takes every name back.
 * Files are immutable and named by version or hash, so nobody who reads meanwhile sees any other file change.
 */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SlipwayError, type Described } from '@slipway/core';
import { makeFolders } from './folders.ts';
import { timestampPath, transactionName } from './layout.ts';
import type { RepositoryFs } from './ports.ts';

interface Staged {
  readonly name: string;
  readonly described: Described;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().max(512).regex(/^(?!.*(^|\/)\.)[A-Za-z0-9._+/-]+$/);
const moves = z.array(z.strictObject({ staged: z.string().regex(/^\d{1,6}$/), path })).max(100_000);
const journalSchema = z.strictObject({ format: z.literal(1), timestamp: sha256, place: moves, roots: moves });
type Journal = z.infer<typeof journalSchema>;

const journalName = 'journal.json';
const journalLimit = 32 * 2 ** 20;

export class Transaction {
  readonly #fs: RepositoryFs;
  readonly #folder: string;
  readonly #work: string;
  readonly #files = new Map<string, Staged>();
  #count = 0;

  /** `folder` is the repository's; `recover` has run. */
  constructor(fs: RepositoryFs, folder: string) {
    this.#fs = fs;
    this.#folder = folder;
    this.#work = join(folder, transactionName);
  }

  /** Stage a file of these bytes. One that is there already stays; throws REPOSITORY_DAMAGED when it is another. */
  add(path: string, bytes: Uint8Array): void {
    if (this.#files.has(path)) return;
    const present = path === timestampPath ? undefined : this.#fs.stat(join(this.#folder, path));
    if (present === undefined) this.#files.set(path, this.#stage([bytes]));
    else this.#expectSame(path, { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }

  /** Stage a file that is named by the hash of its bytes; read once, as they come. */
  addNamed(chunks: Iterable<Uint8Array>, pathOf: (sha256: string) => string): Described {
    const staged = this.#stage(chunks);
    const path = pathOf(staged.described.sha256);
    const present = this.#fs.stat(join(this.#folder, path)) !== undefined;
    if (present || this.#files.has(path)) this.#fs.unlink(join(this.#work, staged.name));
    else this.#files.set(path, staged);
    if (present) this.#expectSame(path, staged.described);
    return staged.described;
  }

  /** Make it so. Everything that was added appears, `timestamp.json` being what decides. */
  commit(): void {
    const timestamp = this.#files.get(timestampPath);
    if (timestamp === undefined) throw new SlipwayError('INTERNAL', 'a change of a repository has no new timestamp');
    const isRoot = (path: string): boolean => /^metadata\/\d+\.root\.json$/.test(path);
    const moves = [...this.#files].map(([path, { name }]) => ({ path, staged: name }));
    const roots = moves.filter((move) => isRoot(move.path));
    const place = moves.filter((move) => !isRoot(move.path) && move.path !== timestampPath);
    this.#writeJournal({ format: 1, timestamp: timestamp.described.sha256, place, roots });
    this.#place(place);
    // A repository without any root yet has no client that could be misled by one.
    const first = this.#fs.stat(join(this.#folder, timestampPath)) === undefined;
    if (first) this.#place(roots);
    this.#place([{ staged: timestamp.name, path: timestampPath }]);
    if (!first) this.#place(roots);
    clear(this.#fs, this.#work);
  }

  /** Nothing happened. */
  abandon(): void {
    clear(this.#fs, this.#work);
  }

  #expectSame(path: string, { size, sha256 }: Described): void {
    const file = this.#fs.open(join(this.#folder, path), 'read');
    try {
      const hash = createHash('sha256');
      const chunk = Buffer.alloc(Math.min(size + 1, 1 << 20));
      let position = 0;
      for (let read = -1; read !== 0 && position <= size; position += read) {
        read = file.read(chunk, position);
        hash.update(chunk.subarray(0, read));
      }
      if (position === size && hash.digest('hex') === sha256) return;
    } finally {
      file.close();
    }
    throw new SlipwayError('REPOSITORY_DAMAGED', `${join(this.#folder, path)} is there with other bytes than it must have`, { hint: 'Restore it from a copy, or remove it if nothing refers to it, and run the command again.' });
  }

  #place(moves: Journal['place']): void {
    place(this.#fs, this.#folder, moves);
  }

  #stage(chunks: Iterable<Uint8Array>): Staged {
    const fs = this.#fs;
    if (fs.stat(this.#work) === undefined) fs.makeFolder(this.#work, 0o700);
    const name = String(this.#count++);
    const file = fs.create(join(this.#work, name), 0o644);
    const hash = createHash('sha256');
    let size = 0;
    try {
      for (const chunk of chunks) {
        file.write(chunk, size);
        hash.update(chunk);
        size += chunk.length;
      }
      file.sync();
    } finally {
      file.close();
    }
    return { name, described: { size, sha256: hash.digest('hex') } };
  }

  #writeJournal(journal: Journal): void {
    const { name } = this.#stage([Buffer.from(JSON.stringify(journalSchema.parse(journal)))]);
    this.#fs.syncFolder(this.#work); // the journal must not be there without what it speaks of
    this.#fs.rename(join(this.#work, name), join(this.#work, journalName));
    this.#fs.syncFolder(this.#work);
    this.#fs.syncFolder(this.#folder);
  }
}

/** Finish what a killed run left. Whether there was anything. */
export function recover(fs: RepositoryFs, folder: string): boolean {
  const work = join(folder, transactionName);
  if (fs.stat(work) === undefined) return false;
  const journal = readJournal(fs, work);
  if (journal !== undefined) {
    if (currentTimestamp(fs, folder) === journal.timestamp) place(fs, folder, journal.roots.filter(({ staged }) => fs.stat(join(work, staged)) !== undefined));
    else takeBack(fs, folder, journal);
  }
  clear(fs, work);
  return true;
}

function place(fs: RepositoryFs, folder: string, moves: Journal['place']): void {
  const touched = new Set<string>();
  for (const { staged, path } of moves) {
    for (const made of makeFolders(fs, folder, dirname(path))) touched.add(made);
    fs.rename(join(folder, transactionName, staged), join(folder, path));
    touched.add(dirname(path));
  }
  for (const path of touched) fs.syncFolder(join(folder, path));
}

/** Every name in the journal was new, so whatever has it now came from this change. */
function takeBack(fs: RepositoryFs, folder: string, journal: Journal): void {
  const folders = new Set<string>();
  for (const { path } of [...journal.place, ...journal.roots]) {
    if (fs.stat(join(folder, path)) === undefined) continue;
    fs.unlink(join(folder, path));
    folders.add(dirname(path));
  }
  for (const path of folders) fs.syncFolder(join(folder, path));
  for (const path of folders) removeEmpty(fs, folder, path);
}

function removeEmpty(fs: RepositoryFs, folder: string, path: string): void {
  if (path === '.' || fs.stat(join(folder, path)) === undefined || fs.list(join(folder, path)).length > 0) return;
  fs.removeFolder(join(folder, path));
  removeEmpty(fs, folder, dirname(path));
}

/** The journal goes first: without it the rest is only rubbish. */
function clear(fs: RepositoryFs, work: string): void {
  if (fs.stat(work) === undefined) return;
  const names = fs.list(work);
  if (names.includes(journalName)) {
    fs.unlink(join(work, journalName));
    fs.syncFolder(work);
  }
  for (const name of names) if (name !== journalName) fs.unlink(join(work, name));
  fs.removeFolder(work);
}

function readJournal(fs: RepositoryFs, work: string): Journal | undefined {
  const bytes = fs.read(join(work, journalName), journalLimit);
  if (bytes === undefined) return undefined;
  try {
    return journalSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    throw new SlipwayError('REPOSITORY_DAMAGED', `${join(work, journalName)} cannot be read`, { hint: 'Somebody changed it: restore the repository from a copy.', cause: error });
  }
}

function currentTimestamp(fs: RepositoryFs, folder: string): string | undefined {
  const bytes = fs.read(join(folder, timestampPath), 2 ** 20);
  return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
}
