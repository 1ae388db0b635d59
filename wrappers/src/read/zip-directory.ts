/**
 * End record and central directory of a zip (PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16).
 */
import { limits } from './limits.ts';
import type { Malformed } from './malformed.ts';
import type { SequentialFile } from './sequential-file.ts';
import { utf8 } from './utf8.ts';

/** What central and local header state both. */
export interface ZipFields {
  readonly name: string;
  /** Bit 3 is left out: it says where the sizes are, not what they are. */
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
}

export interface ZipEntry extends ZipFields {
  /** Sizes and CRC follow the data (section 4.3.9). */
  readonly descriptor: boolean;
  /** st_mode, or 0 when no Unix wrote the entry. */
  readonly mode: number;
  /** Of the local header. */
  readonly offset: number;
}

export interface ZipDirectory {
  /** By offset of their local headers. */
  readonly entries: readonly ZipEntry[];
  readonly offset: number;
  /** Of the directory and the end record together: what the file ends with. */
  readonly length: number;
}

export const signatures = { local: 0x04034b50, descriptor: 0x08074b50, central: 0x02014b50, end: 0x06054b50 } as const;
export const flagBits = { encrypted: 1, descriptor: 1 << 3, strongEncryption: 1 << 6, utf8: 1 << 11 } as const;
/** Deflate's "how hard was it tried" and the two above; anything else changes what the data means. */
const allowedFlags = 0b110 | flagBits.descriptor | flagBits.utf8;

const endBytes = 22;
const centralBytes = 46;
/** Info-ZIP Unicode path (section 4.6.9): another name than the one that is checked. */
const unicodePath = 0x7075;

/** Read and check the directory; it must be the last thing in the file, and whole. */
export async function readZipDirectory(file: SequentialFile, malformed: Malformed): Promise<ZipDirectory> {
  const endAt = file.size - endBytes;
  const end = await file.readAt(Math.max(endAt, 0), endBytes);
  // Without an archive comment the end record is where the file ends, and two programs cannot find two of them.
  if (end.length < endBytes || end.readUInt32LE(0) !== signatures.end) throw malformed('no end record at the end of the file: cut short, or bytes or a comment after it', { offset: Math.max(endAt, 0) });
  const [count, size, offset] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  if (count === 0xffff || size === 0xffffffff || offset === 0xffffffff) throw malformed('zip64 is not supported', { offset: endAt });
  if (end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== count) throw malformed('the zip is one part of several', { offset: endAt });
  if (end.readUInt16LE(20) !== 0) throw malformed('an archive comment is cut short', { offset: endAt });
  if (offset + size !== endAt) throw malformed(`the directory is said to be ${offset}+${size}, the end record is at ${endAt}`, { offset: endAt });
  if (size > limits.directoryBytes) throw malformed(`a directory of ${size} bytes`, { offset });
  const bytes = await file.readAt(offset, size);
  const entries = parseEntries(bytes, count, offset, malformed);
  return { entries: entries.toSorted((a, b) => a.offset - b.offset), offset, length: size + endBytes };
}

function parseEntries(bytes: Buffer, count: number, base: number, malformed: Malformed): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < count) {
    const offset = base + at;
    if (at + centralBytes > bytes.length || bytes.readUInt32LE(at) !== signatures.central) throw malformed('no directory entry where one should be', { offset });
    const [name, extra, comment] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
    const next = at + centralBytes + name + extra + comment;
    if (next > bytes.length) throw malformed('a directory entry is cut short', { offset });
    entries.push(parseEntry(bytes.subarray(at, next), name, extra, (what) => malformed(what, { offset })));
    at = next;
  }
  if (entries.length !== count || at !== bytes.length) throw malformed(`the directory holds ${entries.length} entries in ${at} of ${bytes.length} bytes, the end record says ${count}`, { offset: base });
  return entries;
}

function parseEntry(entry: Buffer, nameLength: number, extraLength: number, fault: (what: string) => Error): ZipEntry {
  const flags = entry.readUInt16LE(8);
  const name = entryName(entry.subarray(centralBytes, centralBytes + nameLength), flags);
  if (typeof name !== 'string') throw fault(name.fault);
  const wrong = flagFault(flags) ?? extraFault(entry.subarray(centralBytes + nameLength, centralBytes + nameLength + extraLength));
  if (wrong !== undefined) throw fault(wrong);
  const [compressedSize, size, offset] = [entry.readUInt32LE(20), entry.readUInt32LE(24), entry.readUInt32LE(42)];
  if (compressedSize === 0xffffffff || size === 0xffffffff || offset === 0xffffffff) throw fault('zip64 is not supported');
  if (entry.readUInt16LE(34) !== 0) throw fault('the entry is in another part of several');
  const madeOnUnix = entry.readUInt16LE(4) >> 8 === 3;
  return {
    name, flags: flags & ~flagBits.descriptor, method: entry.readUInt16LE(10), crc32: entry.readUInt32LE(16), compressedSize, size, offset,
    descriptor: (flags & flagBits.descriptor) !== 0,
    mode: madeOnUnix ? entry.readUInt32LE(38) >>> 16 : 0,
  };
}

function flagFault(flags: number): string | undefined {
  if ((flags & (flagBits.encrypted | flagBits.strongEncryption)) !== 0) return 'the entry is encrypted';
  return (flags & ~allowedFlags) === 0 ? undefined : `general purpose flags 0x${flags.toString(16)} are not supported`;
}

/** UTF-8 where flag 11 says so; without it only ASCII is the same in every program (appendix D). */
export function entryName(bytes: Uint8Array, flags: number): string | { readonly fault: string } {
  const name = utf8(bytes);
  if (name === undefined) return { fault: 'a name is not UTF-8' };
  return (flags & flagBits.utf8) === 0 && /[^\0-\x7f]/.test(name) ? { fault: `the name ${JSON.stringify(name)} is not marked as UTF-8` } : name;
}

/** Extra fields (section 4.5.1) are id, length, data; those that hold times and owners are of no interest. */
export function extraFault(extra: Buffer): string | undefined {
  for (let at = 0; at < extra.length; ) {
    if (at + 4 > extra.length || at + 4 + extra.readUInt16LE(at + 2) > extra.length) return 'the extra fields are not a list of fields';
    const id = extra.readUInt16LE(at);
    if (id === 0x0001) return 'zip64 is not supported';
    if (id === unicodePath) return 'the entry has a second name in an extra field';
    at += 4 + extra.readUInt16LE(at + 2);
  }
  return undefined;
}
