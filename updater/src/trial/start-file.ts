/**
 * The `trial` file: the one start on trial, a line of JSON, and behind it one letter for each thing that happened to
 * that start. Byte for byte: docs/formats/state.md.
 */
import type { FsPort, OpenFile, ProcessIdentity, RandomPort } from '@slipway/core';
import type { Layout } from '../layout.ts';
import { replaceFile, type StateFs } from '../state/state-file.ts';
import { isCount, isText, parseObject } from '../state/state.ts';

/** L its entry has loaded; D it died; I it was interrupted before it had loaded; A it is alive or ended well. */
export type Letter = 'L' | 'D' | 'I' | 'A';

export interface TrialStart {
  /** Handed to the candidate, which proves by it that it is this start. */
  readonly id: string;
  /** SHA-256 of the candidate's release record. */
  readonly record: string;
  readonly version: string;
  readonly process: ProcessIdentity;
}

export interface RecordedStart {
  readonly start: TrialStart;
  readonly letters: string;
  /** Where the next letter goes. */
  readonly size: number;
}

const sizeLimit = 4096;

/** Record a start, durably: it counts from now on, whatever happens to it. */
export function writeStart(ports: { readonly fs: StateFs; readonly random: RandomPort }, layout: Layout, start: TrialStart): void {
  replaceFile(ports, layout.trial, new TextEncoder().encode(`${JSON.stringify({ format: 1, ...start })}\n`));
  ports.fs.syncFolder(layout.root);
}

/** The start on record; undefined when there is none or the file is not one of ours. */
export function readStart(fs: Pick<FsPort, 'read'>, layout: Layout): RecordedStart | undefined {
  const bytes = readBytes(fs, layout);
  const line = bytes?.indexOf(0x0a) ?? -1;
  if (bytes === undefined || line < 0) return undefined;
  const start = parseStart(String.fromCharCode(...bytes.subarray(0, line)));
  if (start === undefined) return undefined;
  return { start, letters: String.fromCharCode(...bytes.subarray(line + 1)).replaceAll(/[^LDIA]/g, ''), size: bytes.length };
}

function readBytes(fs: Pick<FsPort, 'read'>, layout: Layout): Uint8Array | undefined {
  try {
    return fs.read(layout.trial, sizeLimit);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EFBIG') return undefined;
    throw error;
  }
}

function parseStart(text: string): TrialStart | undefined {
  const { id, record, version, process } = parseObject(text) ?? {};
  if (!isText(id, 32) || !isText(record, 64) || !isText(version, 128)) return undefined;
  if (typeof process !== 'object' || process === null || !('pid' in process) || !('started' in process)) return undefined;
  const { pid, started } = process;
  return isCount(pid) && isText(started, 256) ? { id, record, version, process: { pid, started } } : undefined;
}

/**
 * The letters of one start. The file stays open: should another start replace it, letters go to the one they are about.
 * They are not synced: what a power failure takes away is counted as if it had not been seen.
 */
export class StartLetters {
  readonly #file: OpenFile;
  #position: number;

  constructor(file: OpenFile, position: number) {
    this.#file = file;
    this.#position = position;
  }

  add(letter: Letter): void {
    this.#file.write(Uint8Array.of(letter.charCodeAt(0)), this.#position);
    this.#position += 1;
  }

  close(): void {
    this.#file.close();
  }
}

/** To add letters to the start with this id; undefined when another one is on record. */
export function openLetters(fs: Pick<FsPort, 'read' | 'open'>, layout: Layout, isOurs: (start: TrialStart) => boolean): StartLetters | undefined {
  const recorded = readStart(fs, layout);
  if (recorded === undefined || !isOurs(recorded.start)) return undefined;
  return new StartLetters(fs.open(layout.trial, 'write'), recorded.size);
}
