/**
 * One package read from its file: every member checked and digested, in one pass. Anything unusual is an error, never
 * a guess: what one unpacker takes for padding another takes for a program.
 */
import { SlipwayError } from '@slipway/core';
import { malformedIn, type Malformed } from './malformed.ts';
import type { Member } from './member.ts';
import { SequentialFile } from './sequential-file.ts';
import { SpanMismatch, type SpanMemory } from './span-memory.ts';
import { readTarGz } from './tar-gz.ts';
import type { Work } from './work.ts';
import { readZip } from './zip.ts';

/** Whether the caller wants the content of the file at this path. */
export type Keep = (path: string) => boolean;

/** What a format's reader works with. */
export interface Reading {
  readonly file: SequentialFile;
  readonly malformed: Malformed;
  readonly keep: Keep;
  readonly work: Work;
  /** Shortcuts are taken only with one. */
  readonly spans?: SpanMemory | undefined;
}

export interface ReadOptions {
  /** How errors name the file; its path where absent. */
  readonly label?: string;
  readonly keep?: Keep;
  readonly work: Work;
  /** Share one between packages that hold the same compressed bytes. */
  readonly spans?: SpanMemory;
}

export interface PackageContents {
  /** Of the package file itself. */
  readonly size: number;
  readonly sha256: string;
  /** In their order in the file. */
  readonly members: readonly Member[];
}

type Reader = (reading: Reading) => Promise<readonly Member[]>;

const readers: readonly (readonly [suffix: string, reader: Reader])[] = [
  ['.tar.gz', readTarGz],
  ['.tgz', readTarGz],
  ['.zip', readZip],
  ['.whl', readZip],
];

/** Whether `readPackage` can open a file of this name. */
export function isReadable(path: string): boolean {
  return readers.some(([suffix]) => path.endsWith(suffix));
}

/**
 * Read the zip, wheel, tar.gz or tgz at `path`. Memory stays at a few hundred kilobytes plus what `keep` asks for.
 * Throws PACKAGE_MALFORMED, FILE_MISSING or IO_FAILED.
 */
export async function readPackage(path: string, options: ReadOptions): Promise<PackageContents> {
  const reader = readers.find(([suffix]) => path.endsWith(suffix))?.[1];
  if (reader === undefined) throw new SlipwayError('PACKAGE_MALFORMED', `${options.label ?? path} is not a zip, wheel, tar.gz or tgz by its name`);
  if (options.spans !== undefined) {
    try {
      return await readOnce(path, reader, options);
    } catch (error) {
      // Only the pass without shortcuts may find fault.
      if (!(error instanceof SpanMismatch) && !(error instanceof SlipwayError && error.code === 'PACKAGE_MALFORMED')) throw error;
    }
  }
  return readOnce(path, reader, { ...options, spans: undefined });
}

async function readOnce(path: string, reader: Reader, options: Omit<ReadOptions, 'spans'> & Pick<Reading, 'spans'>): Promise<PackageContents> {
  const { label = path, keep = () => false, work, spans } = options;
  const file = await SequentialFile.open(path, work);
  try {
    const members = await reader({ file, malformed: malformedIn(label), keep, work, spans });
    return { size: file.size, sha256: await file.digest(), members };
  } finally {
    await file.close();
  }
}

/** Size and SHA-256 of any file. */
export async function digestFile(path: string, work: Work): Promise<{ readonly size: number; readonly sha256: string }> {
  const file = await SequentialFile.open(path, work);
  try {
    return { size: file.size, sha256: await file.digest() };
  } finally {
    await file.close();
  }
}
