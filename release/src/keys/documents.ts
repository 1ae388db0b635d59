/**
 * What the root and targets keys have signed, before and after it is published: the newest root beside the
 * configuration, to be committed and embedded in programs, and every version of both in the folder of keys, because
 * clients go through all roots one by one.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, SlipwayError } from '@slipway/core';
import { isSignedBy, metadataLimit, readDocument } from '../metadata/signed-file.ts';
import type { Root, SignedFile, Targets } from '../metadata/documents.ts';
import { makePrivateFolder, readBounded, writeDurably } from './durable.ts';

export const rootFileName = 'slipway.root.json';

export interface TrustPlaces {
  /** The folder of keys. */
  readonly keys: string;
  /** `slipway.root.json`. */
  readonly rootFile: string;
}

/** What is known here, oldest first; either may be empty. */
export interface LocalTrust {
  readonly roots: readonly SignedFile<Root>[];
  readonly targets: readonly SignedFile<Targets>[];
}

/** Read what there is. Each root must follow from the one before it. Throws ROOT_INVALID, IO_FAILED. */
export function readLocalTrust({ keys, rootFile }: TrustPlaces): LocalTrust {
  const folder = join(keys, 'signed');
  const roots = new Map<number, SignedFile<Root>>();
  for (const path of [...versionsIn(folder, 'root'), rootFile]) {
    const root = readOptional<Root>('root', path);
    if (root === undefined) continue;
    const known = roots.get(root.signed.version);
    if (known !== undefined && Buffer.compare(known.bytes, root.bytes) !== 0) {
      throw new SlipwayError('ROOT_INVALID', `${path} is another root ${root.signed.version} than the one in ${folder}`, { hint: 'Both were signed, and only one can have been published: keep that one.' });
    }
    roots.set(root.signed.version, root);
  }
  const chain = [...roots.values()].sort((a, b) => a.signed.version - b.signed.version);
  checkChain(chain, rootFile);
  const targets = versionsIn(folder, 'targets').flatMap((path) => readOptional<Targets>('targets', path) ?? []);
  return { roots: chain, targets };
}

/** The newest root is always the one beside the configuration, also when a crash came between the two files. */
export function writeRoot({ keys, rootFile }: TrustPlaces, root: SignedFile<Root>): void {
  makePrivateFolder(join(keys, 'signed'));
  writeDurably(join(keys, 'signed', `${root.signed.version}.root.json`), root.bytes, 0o644);
  writeDurably(rootFile, root.bytes, 0o644);
}

export function writeTargets({ keys }: TrustPlaces, targets: SignedFile<Targets>): void {
  makePrivateFolder(join(keys, 'signed'));
  writeDurably(join(keys, 'signed', `${targets.signed.version}.targets.json`), targets.bytes, 0o644);
}

/** Specification 1.0, section 5.3.4: signed by its own keys, and by those of the root before it. */
export function followsFrom(before: SignedFile<Root>, root: SignedFile<Root>): boolean {
  return root.signed.version === before.signed.version + 1 && isSignedBy(before, 'root', root) && isSignedBy(root, 'root', root);
}

function checkChain(roots: readonly SignedFile<Root>[], label: string): void {
  for (const [index, root] of roots.entries()) {
    const before = roots[index - 1];
    if (!isSignedBy(root, 'root', root)) throw new SlipwayError('ROOT_INVALID', `root ${root.signed.version} (${label}) is not signed by its own keys`);
    const consecutive = before?.signed.version === root.signed.version - 1;
    if (before !== undefined && consecutive && !followsFrom(before, root)) throw new SlipwayError('ROOT_INVALID', `root ${root.signed.version} (${label}) is not signed by the keys of root ${before.signed.version}`);
  }
}

function versionsIn(folder: string, kind: 'root' | 'targets'): readonly string[] {
  try {
    const numbers = readdirSync(folder).map((name) => Number(new RegExp(`^([1-9][0-9]{0,5})\\.${kind}\\.json$`).exec(name)?.[1] ?? 0));
    return numbers.filter((number) => number > 0).sort((a, b) => a - b).map((number) => join(folder, `${number}.${kind}.json`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw ioError(error, `read ${folder}`);
  }
}

function readOptional<Signed extends Root | Targets>(kind: Signed['_type'], path: string): SignedFile<Signed> | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readBounded(path, metadataLimit, 'ROOT_INVALID');
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'FILE_MISSING') return undefined;
    throw error;
  }
  try {
    return readDocument<Signed>(kind, bytes, path);
  } catch (error) {
    throw new SlipwayError('ROOT_INVALID', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
