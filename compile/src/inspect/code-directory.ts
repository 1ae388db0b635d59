/**
 * A code directory: which hash, of which pages, over how much of the file. Source: Apple, xnu osfmk/kern/cs_blobs.h.
 */
import { hex, malformed, type BoundedReader } from './bounded-reader.ts';

export interface HashKind {
  readonly algorithm: 'sha1' | 'sha256' | 'sha384';
  /** Bytes kept of the digest. */
  readonly size: number;
}

const hashKinds: Readonly<Record<number, HashKind>> = {
  1: { algorithm: 'sha1', size: 20 },
  2: { algorithm: 'sha256', size: 32 },
  3: { algorithm: 'sha256', size: 20 },
  4: { algorithm: 'sha384', size: 48 },
};

const fixedSize = 44;
const versions = { oldest: 0x20001, codeLimit64: 0x20300 } as const;
const adHocFlag = 0x2;
/** 4 kB and 16 kB are in use; 64 kB is the largest page of any CPU here. */
const pageShifts = { least: 12, most: 16 } as const;
const mostSpecialSlots = 16;
const longestIdentifier = 1024;

export interface CodeDirectory {
  readonly offset: number;
  readonly adHoc: boolean;
  readonly hash: HashKind;
  readonly pageSize: number;
  readonly pageCount: number;
  /** Bytes of the file, from its start, that the pages cover. */
  readonly codeLimit: number;
  /** Offset in the file of the first page's hash. */
  readonly hashes: number;
  /** The hash that seals another part; undefined where none is sealed (an absent slot, or zeros). */
  specialHash(slot: number): Uint8Array | undefined;
}

/** Throws INSPECT_MALFORMED for a directory whose hashes or identifier do not lie inside it. */
export function readCodeDirectory(reader: BoundedReader, offset: number, length: number): CodeDirectory {
  if (length < fixedSize) malformed(`a code directory of ${length} bytes`, offset);
  const fields = reader.fields(offset, fixedSize, 'a code directory');
  const version = fields.bigEndian32(8);
  if (version < versions.oldest) malformed(`a code directory of version ${hex(version)}`, offset + 8);
  const hash = hashKinds[fields.u8(37)] ?? malformed(`a code directory with hash kind ${fields.u8(37)}`, offset + 37);
  if (hash.size !== fields.u8(36)) malformed(`${hash.algorithm} hashes of ${fields.u8(36)} bytes`, offset + 36);
  const shift = fields.u8(39);
  if (shift < pageShifts.least || shift > pageShifts.most) malformed(`signed pages of 2^${shift} bytes`, offset + 39);

  const wide = version >= versions.codeLimit64 && length >= 64 ? reader.fields(offset + 56, 8, 'a code directory').bigEndian64(0) : 0;
  const codeLimit = wide === 0 ? fields.bigEndian32(32) : wide;
  const [hashOffset, special, pageCount] = [fields.bigEndian32(16), fields.bigEndian32(24), fields.bigEndian32(28)];
  if (pageCount !== Math.ceil(codeLimit / 2 ** shift)) malformed(`${pageCount} page hashes for ${codeLimit} bytes of 2^${shift} each`, offset + 28);
  if (special > mostSpecialSlots || hashOffset < fixedSize + special * hash.size || hashOffset + pageCount * hash.size > length) {
    malformed('the hashes of a code directory lie outside it', offset + 16);
  }
  reader.text(offset + fields.bigEndian32(20), offset + length, longestIdentifier, 'the identifier of the signature');
  const hashes = offset + hashOffset;
  return {
    offset, hash, pageCount, codeLimit, hashes, pageSize: 2 ** shift,
    adHoc: (fields.bigEndian32(12) & adHocFlag) !== 0,
    specialHash(slot) {
      if (slot > special) return undefined;
      const found = reader.bytes(hashes - slot * hash.size, hash.size, 'a hash of the signature');
      return found.some((byte) => byte !== 0) ? found : undefined;
    },
  };
}
