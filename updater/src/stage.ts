/**
 * Bring a version into `versions/`: everything is written and verified in a private folder on the same file system,
 * synced from the files up, and gets its name last. A version that is there is used as it is when it is whole;
 * single damaged files are replaced one by one, each by one rename, so that it never gets worse.
 */
import { SlipwayError, type FsPort, type ProcessesPort, type RandomPort, type ReleaseRecord } from '@slipway/core';
import { recordFile, recordName, versionFolder, type Layout } from './layout.ts';
import { placeFile, type PlacePorts, type WrongSource } from './place-file.ts';
import type { Sources } from './source.ts';
import { randomHex } from './state/temporary-name.ts';
import type { State } from './state/state.ts';
import { ensureFolder, parentOf, removeTree } from './tree.ts';
import { readRecord, verifyVersion, type SignedRecord } from './verify-version.ts';

export interface StagePorts extends PlacePorts {
  readonly fs: FsPort;
  readonly random: RandomPort;
  readonly processes: Pick<ProcessesPort, 'runningFrom'>;
}

export type Staged =
  /** `there` before, `new`, or `repaired`; `versions/<version>` is whole and durable. */
  | { readonly kind: 'there' | 'new' | 'repaired' }
  | WrongSource;

/** Bytes that stay free on the file system: a full disk breaks other things than us. */
const spaceMargin = 16 * 1024 * 1024;

/** The lock is held. Leaves nothing behind but, after a crash, a folder in `staging/`. */
export async function stage(ports: StagePorts, layout: Layout, state: State, release: SignedRecord, sources: Sources): Promise<Staged> {
  const { fs } = ports;
  const folder = versionFolder(layout, release.record.version);
  ensureFolder(fs, layout.versions, 0o755);
  ensureFolder(fs, layout.staging, 0o700);
  const place = present(ports, folder, state, release);
  const needed = place === 'same' ? verifyVersion(ports, folder, release.record).map(({ component }) => component) : release.record.components;
  const recordNeeded = place !== 'same' || readRecord(ports, folder, release.sha256) === undefined;
  if (needed.length === 0 && !recordNeeded) {
    fs.syncFolder(layout.versions); // an earlier run may have been killed just before doing so
    return { kind: 'there' };
  }
  checkSpace(fs, layout, needed, sources);
  // Private through its parent; the mode is the one it keeps in `versions/`.
  const work = `${layout.staging}/${randomHex(ports.random)}`;
  fs.makeFolder(work, 0o755);
  try {
    const wrong = await fillFolder(ports, layout, work, needed, sources);
    if (wrong !== undefined) return wrong;
    if (recordNeeded) writeRecord(fs, work, release.bytes);
    if (place === 'same') replaceFiles(ports, layout, work, folder, needed, recordNeeded);
    else publish(ports, layout, work, folder);
    return { kind: place === 'same' ? 'repaired' : 'new' };
  } finally {
    removeQuietly(fs, work);
  }
}

/** What `versions/<version>` is: the same release (whole or not), or nothing that is in the way. */
function present(ports: StagePorts, folder: string, { confirmed, previous, trial }: State, { record: { version }, sha256 }: SignedRecord): 'same' | 'free' {
  const kept = [confirmed, previous, trial].find((ref) => ref?.version === version);
  if (ports.fs.stat(folder) === undefined) {
    if (kept !== undefined && kept.record !== sha256) throw conflict(version, 'is installed with other contents');
    return 'free';
  }
  if (kept?.record === sha256 || (kept === undefined && readRecord(ports, folder, sha256) !== undefined)) return 'same';
  if (kept !== undefined) throw conflict(version, 'is installed with other contents');
  if (ports.processes.runningFrom(folder).length > 0) throw conflict(version, 'runs with other contents');
  return 'free';
}

function conflict(version: string, how: string): SlipwayError {
  return new SlipwayError('VERSION_CONFLICT', `version ${version} ${how} than are offered now`);
}

function checkSpace(fs: FsPort, layout: Layout, components: ReleaseRecord['components'], sources: Sources): void {
  const needed = components.reduce((sum, component) =>
    sum + (component.kind === 'file' && sources.get(component.path)?.kind === 'download' ? component.size : 0), spaceMargin);
  const free = fs.space(layout.staging);
  if (free < needed) {
    throw new SlipwayError('DISK_FULL', `the new version needs ${Math.ceil(needed / 2 ** 20)} MiB in ${layout.root}, ${Math.floor(free / 2 ** 20)} MiB are free`, {
      hint: 'Free some space and try again; what is downloaded is kept.',
    });
  }
}

async function fillFolder(ports: StagePorts, layout: Layout, work: string, components: ReleaseRecord['components'], sources: Sources): Promise<WrongSource | undefined> {
  const { fs } = ports;
  const folders = new Set<string>();
  for (const component of components) {
    const to = `${work}/${component.path}`;
    makeFoldersAbove(fs, work, to, folders);
    if (component.kind === 'link') {
      fs.symlink(component.to, to);
      continue;
    }
    const source = sources.get(component.path);
    if (source === undefined) throw new SlipwayError('INTERNAL', `no source for ${component.path} of version`);
    const wrong = await placeFile(ports, layout, source, component, to);
    if (wrong !== undefined) return wrong;
  }
  // The deepest first: a folder's names are durable before the name of the folder is.
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) fs.syncFolder(folder);
  return undefined;
}

function makeFoldersAbove(fs: FsPort, work: string, path: string, made: Set<string>): void {
  const parent = parentOf(path);
  if (parent === work || made.has(parent)) return;
  makeFoldersAbove(fs, work, parent, made);
  fs.makeFolder(parent, 0o755);
  made.add(parent);
}

function writeRecord(fs: FsPort, folder: string, bytes: Uint8Array): void {
  const file = fs.create(recordFile(folder), 0o644);
  try {
    file.write(bytes, 0);
    file.sync();
  } finally {
    file.close();
  }
}

/** The one moment at which the version appears. What was there, of another release and unused, is moved away before. */
function publish({ fs, random }: StagePorts, layout: Layout, work: string, folder: string): void {
  fs.syncFolder(work);
  if (fs.stat(folder) !== undefined) {
    const aside = `${layout.staging}/${randomHex(random)}`;
    fs.rename(folder, aside);
    removeQuietly(fs, aside);
  }
  fs.rename(work, folder);
  fs.syncFolder(layout.versions);
  fs.syncFolder(layout.staging);
}

/** Damaged files of a version that may be running: each gets replaced by one rename, and keeps its open bytes. */
function replaceFiles({ fs, random }: StagePorts, layout: Layout, work: string, folder: string, components: ReleaseRecord['components'], record: boolean): void {
  const paths = [...components.map(({ path }) => path), ...(record ? [recordName] : [])];
  for (const path of paths) {
    const to = `${folder}/${path}`;
    ensureFoldersAbove(fs, folder, to);
    const aside = `${layout.staging}/${randomHex(random)}`;
    if (fs.stat(to)?.kind === 'folder') fs.rename(to, aside); // nothing else is in a file's way
    fs.rename(`${work}/${path}`, to);
    fs.syncFolder(parentOf(to));
    removeQuietly(fs, aside);
  }
}

function ensureFoldersAbove(fs: FsPort, folder: string, path: string): void {
  const parent = parentOf(path);
  if (parent === folder) return;
  ensureFoldersAbove(fs, folder, parent);
  ensureFolder(fs, parent, 0o755);
}

function removeQuietly(fs: FsPort, path: string): void {
  try {
    removeTree(fs, path);
  } catch {
    // recovery sweeps it
  }
}
