/**
 * What an executable's own bytes say about where it runs. Every label of every package is derived from this, so a
 * mislabelled package cannot be built.
 */
import type { ByteSource, ExecutableFacts } from '@slipway/core';
import { BoundedReader, malformed } from './bounded-reader.ts';
import { inspectElf } from './elf.ts';
import { inspectMachO } from './macho.ts';
import { inspectPe } from './pe.ts';

export interface InspectOptions {
  /** Insist on an application inside the runtime: one that lost it still starts, as the bare runtime. */
  readonly expectPayload?: 'bun';
}

type Inspector = (reader: BoundedReader) => ExecutableFacts;

/** First bytes, as hex → who reads the file, or why nobody does. */
const formats: readonly (readonly [magic: string, inspect: Inspector | string])[] = [
  ['7f454c46', inspectElf],
  ['cffaedfe', inspectMachO],
  ['4d5a', inspectPe],
  ['cafebabe', 'it is a universal Mach-O file; take one CPU out of it with "lipo -thin"'],
  ['cafebabf', 'it is a universal Mach-O file; take one CPU out of it with "lipo -thin"'],
  ['cefaedfe', 'it is a 32-bit Mach-O file, only 64-bit ones are known'],
  ['feedfa', 'it is a big-endian Mach-O file, only little-endian ones are known'],
  ['2321', 'it is a script (it starts with #!), not an executable'],
];

/**
 * Read an ELF, thin Mach-O or PE32+ executable, 64-bit and little-endian. Page hashes (Mach-O) and the checksum (PE)
 * are recomputed over the whole file. Throws INSPECT_MALFORMED for anything that is not sound; the work done and the
 * memory used are bounded whatever the bytes are.
 */
export function inspectExecutable(source: ByteSource, options: InspectOptions = {}): ExecutableFacts {
  const reader = new BoundedReader(source);
  const facts = inspectorOf(reader)(reader);
  if (options.expectPayload !== undefined && facts.payload?.kind !== options.expectPayload) {
    malformed(`the application is missing: this is the bare ${options.expectPayload} runtime, or its payload was cut off`);
  }
  return facts;
}

function inspectorOf(reader: BoundedReader): Inspector {
  const magic = Buffer.from(reader.bytes(0, Math.min(4, reader.size), 'the first bytes')).toString('hex');
  const found = formats.find(([prefix]) => magic.startsWith(prefix))?.[1];
  if (typeof found === 'function') return found;
  return malformed(found ?? `its first bytes "${magic}" are those of no ELF, Mach-O or PE file`, 0);
}
