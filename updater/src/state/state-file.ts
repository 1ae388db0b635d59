/** Reading and writing the state file. Whoever writes holds the lock. */
import type { FsPort, RandomPort } from '@slipway/core';
import type { Layout } from '../layout.ts';
import { decodeSlots, encodeSlot, slotSize, stateFileSize, textLimit, type Slot } from './slots.ts';
import { parseState, type ParsedState, type State } from './state.ts';
import { temporaryName } from './temporary-name.ts';

export type StateFs = Pick<FsPort, 'read' | 'create' | 'open' | 'rename' | 'unlink' | 'syncFolder'>;

export interface StatePorts {
  readonly fs: StateFs;
  readonly random: RandomPort;
}

/** What the state file says; `none` when there is no such file. Throws only what the file system throws. */
export function readState(fs: Pick<FsPort, 'read'>, layout: Layout): ParsedState | { readonly kind: 'none' } {
  const bytes = readBytes(fs, layout);
  if (bytes === undefined) return { kind: 'none' };
  // A slot that is whole but says nothing we can read (a newer format aside) is as good as torn.
  const parsed = decodeSlots(bytes).map((slot) => parseState(slot.text));
  return parsed.find(({ kind }) => kind !== 'damaged') ?? { kind: 'damaged' };
}

/**
 * Make `state` the installation's state: durable when this returns, unchanged when it throws. The slot that is older,
 * or does not hold, is written; a file with no slot that holds is replaced as a whole.
 */
export function writeState(ports: StatePorts, layout: Layout, state: State): void {
  const bytes = readBytes(ports.fs, layout);
  const slots = bytes === undefined ? [] : decodeSlots(bytes);
  const newest = slots.find((slot) => parseState(slot.text).kind !== 'damaged');
  const encoded = encodeSlot((slots[0]?.sequence ?? 0) + 1, fittingText(state));
  if (newest === undefined) createFile(ports, layout, encoded);
  else writeSlot(ports.fs, layout, newest, encoded);
}

/** The oldest set-aside entries go first when everything together is too long for a slot. */
function fittingText(state: State): string {
  for (let dropped = 0; ; dropped += 1) {
    const text = JSON.stringify({ ...state, setAside: state.setAside.slice(dropped) });
    if (dropped >= state.setAside.length || new TextEncoder().encode(text).length <= textLimit) return text;
  }
}

function writeSlot(fs: StateFs, layout: Layout, newest: Slot, encoded: Uint8Array): void {
  const file = fs.open(layout.state, 'write');
  try {
    file.write(encoded, newest.index === 0 ? slotSize : 0);
    file.sync();
  } finally {
    file.close();
  }
}

function createFile({ fs, random }: StatePorts, layout: Layout, encoded: Uint8Array): void {
  const whole = new Uint8Array(stateFileSize).fill(0x20);
  whole.set(encoded);
  replaceFile({ fs, random }, layout.state, whole);
  fs.syncFolder(layout.root);
}

/** A small file written beside, synced and renamed over `path`; the caller syncs the folder. */
export function replaceFile({ fs, random }: StatePorts, path: string, bytes: Uint8Array): void {
  const beside = temporaryName(random, path);
  const file = fs.create(beside, 0o644);
  try {
    try {
      file.write(bytes, 0);
      file.sync();
    } finally {
      file.close();
    }
    fs.rename(beside, path);
  } catch (error) {
    unlinkQuietly(fs, beside);
    throw error;
  }
}

function unlinkQuietly(fs: StateFs, path: string): void {
  try {
    fs.unlink(path);
  } catch {
    // recovery sweeps it
  }
}

function readBytes(fs: Pick<FsPort, 'read'>, layout: Layout): Uint8Array | undefined {
  try {
    return fs.read(layout.state, stateFileSize);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EFBIG') return new Uint8Array(); // none of ours: damaged
    throw error;
  }
}
