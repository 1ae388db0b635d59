/**
 * Change a repository, as one transaction: lock, finish what a killed run left, read and verify, decide, sign, commit,
 * and write what is derived. Every command that changes a repository is a function from a draft to an outcome.
 */
import { join } from 'node:path';
import { ioError, SlipwayError } from '@slipway/core';
import { readLocalTrust, type TrustPlaces } from '../keys/documents.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { isSignedBy } from '../metadata/signed-file.ts';
import type { Root, SignedFile, Targets } from '../metadata/documents.ts';
import { derivedFiles, writeDerived, type Installer } from './derived.ts';
import { Draft } from './draft.ts';
import { makeFolders } from './folders.ts';
import { lockName, payloadPath } from './layout.ts';
import type { RepositoryPorts } from './ports.ts';
import { RepositoryReader, type Repository } from './read.ts';
import { signChange, type Trust } from './sign.ts';
import { recover, Transaction } from './transaction.ts';

export interface Publisher {
  readonly ports: RepositoryPorts;
  /** The repository's folder, absolute. */
  readonly folder: string;
  readonly places: TrustPlaces;
  readonly ring: KeyRing;
  /** The texts of install.sh and uninstall.sh; those that are there stay where it is absent. */
  readonly installer?: Installer;
}

export interface ChangeOptions {
  /** Whether a folder that holds no repository yet becomes one. */
  readonly create?: boolean;
  /** Decide and write nothing. */
  readonly dryRun?: boolean;
  /** Sign a new timestamp and snapshot, and these channels, although nothing changed. */
  readonly renew?: readonly string[];
}

export interface View {
  readonly repository: Repository | undefined;
  readonly trust: Trust;
  readonly reader: RepositoryReader;
}

/** Throws REPOSITORY_NOT_FOUND, _DAMAGED, _FOREIGN, _BUSY, KEYS_NOT_FOUND, KEY_MISSING, METADATA_EXPIRED and what keys and disks throw. */
export async function changeRepository<Outcome>(publisher: Publisher, options: ChangeOptions, change: (draft: Draft, view: View) => Outcome): Promise<Outcome> {
  const { ports, folder } = publisher;
  if (options.dryRun === true) {
    const view = readView(publisher, options);
    return change(draftOf(publisher, view, () => { throw new SlipwayError('INTERNAL', 'a dry run stages a payload'); }), view);
  }
  if (ports.fs.stat(folder) === undefined) {
    readView(publisher, options); // what is missing is missed before anything is made
    makeFolder(ports.fs, folder);
  }
  const lock = ports.lock.tryLock(join(folder, lockName));
  if (lock === undefined) throw new SlipwayError('REPOSITORY_BUSY', `another command is changing ${folder}`);
  try {
    recover(ports.fs, folder);
    return await locked(publisher, options, change);
  } catch (error) {
    throw ioError(error, `change ${folder}`);
  } finally {
    lock.release();
  }
}

async function locked<Outcome>(publisher: Publisher, options: ChangeOptions, change: (draft: Draft, view: View) => Outcome): Promise<Outcome> {
  const { ports: { fs, clock }, folder, ring, installer } = publisher;
  const view = readView(publisher, options);
  const transaction = new Transaction(fs, folder);
  try {
    const draft = draftOf(publisher, view, (chunks) => transaction.addNamed(chunks, payloadPath));
    const outcome = change(draft, view);
    const { repository, trust } = view;
    const isNew = repository === undefined || trust.newRoots.length > 0 || trust.targets !== repository.targets;
    if (isNew || draft.touched.size > 0 || options.renew !== undefined) {
      await signChange({ ring, trust, repository, draft, now: clock.now(), renew: options.renew ?? [] }, transaction);
      transaction.commit();
    } else {
      transaction.abandon();
    }
    writeDerived(fs, folder, derivedFiles(draft, installer));
    return outcome;
  } catch (error) {
    undo(fs, folder);
    throw error;
  }
}

/** After the journal is there only `recover` knows what holds; what fails again now is left to the next command. */
function undo(fs: RepositoryPorts['fs'], folder: string): void {
  try {
    recover(fs, folder);
  } catch {
    // The first failure is the one to tell.
  }
}

function readView({ ports: { fs }, folder, places }: Publisher, { create }: ChangeOptions): View {
  const reader = new RepositoryReader(fs, folder);
  const local = readLocalTrust(places);
  const repository = reader.read(local.roots);
  if (repository === undefined && create !== true) throw notFound(folder);
  return { repository, reader, trust: combine(repository, local.roots, local.targets.at(-1), places) };
}

function draftOf({ ports: { clock } }: Publisher, { reader, repository, trust }: View, payload: ConstructorParameters<typeof Draft>[4]): Draft {
  const channels = (trust.targets.signed.delegations?.roles ?? []).map(({ name }) => name);
  return new Draft(reader, repository, channels, clock.now(), payload);
}

/** The newest of what is published and what was signed here. */
function combine(repository: Repository | undefined, roots: readonly SignedFile<Root>[], local: SignedFile<Targets> | undefined, places: TrustPlaces): Trust {
  const newest = roots.at(-1);
  if (newest === undefined && repository === undefined) throw new SlipwayError('KEYS_NOT_FOUND', `there is no ${places.rootFile}`);
  const published = repository?.root.signed.version;
  const newRoots = published === undefined ? lastRun(roots) : roots.filter(({ signed }) => signed.version > published);
  const first = newRoots[0]?.signed.version;
  if (published !== undefined && first !== undefined && (first !== published + 1 || lastRun(newRoots).length !== newRoots.length)) {
    throw new SlipwayError('ROOT_INVALID', `the repository has root ${published}, the newest here is ${newest?.signed.version}, and not all between are in ${places.keys}/signed`, { hint: 'Clients go through every root: bring the missing ones back from where they were signed.' });
  }
  const root = newRoots.at(-1) ?? repository?.root;
  const known = repository?.targets;
  const targets = local !== undefined && (known === undefined || local.signed.version > known.signed.version) ? local : known;
  if (root === undefined || targets === undefined) throw new SlipwayError('KEYS_NOT_FOUND', `there is no signed/*.targets.json in ${places.keys}, which a new repository needs`);
  if (!isSignedBy(root, 'targets', targets)) throw new SlipwayError('ROOT_INVALID', `targets ${targets.signed.version} is not signed by the keys of root ${root.signed.version}`, { hint: 'Run `slipway keys rotate targets` where the keys are.' });
  return { root, newRoots, targets };
}

/** The roots at the end of which none is missing. */
function lastRun(roots: readonly SignedFile<Root>[]): readonly SignedFile<Root>[] {
  const gap = roots.findLastIndex((root, index) => index > 0 && root.signed.version !== (roots[index - 1]?.signed.version ?? 0) + 1);
  return gap === -1 ? roots : roots.slice(gap);
}

function makeFolder(fs: RepositoryPorts['fs'], folder: string): void {
  try {
    for (const path of [...makeFolders(fs, '', folder)].reverse()) fs.syncFolder(path);
  } catch (error) {
    throw ioError(error, `make ${folder}`);
  }
}

function notFound(folder: string): SlipwayError {
  return new SlipwayError('REPOSITORY_NOT_FOUND', `there is no release repository in ${folder}`);
}
