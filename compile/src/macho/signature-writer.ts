/**
 * The bytes of an ad-hoc signature, laid out as `codesign --sign -` does: one SHA-256 code directory of version
 * 0x20400 over pages of 4 kB, empty requirements, the entitlements, an empty CMS wrapper.
 *
 * The flag is "ad hoc" alone, on both CPUs. The linker's own signatures also carry CS_LINKER_SIGNED, but that marks a
 * signature of nothing except a code directory, which has no room for entitlements.
 * Source: Apple, xnu osfmk/kern/cs_blobs.h (CS_CodeDirectory, CS_SuperBlob); all fields big-endian.
 */
import { createHash } from 'node:crypto';
import { blobHeader, magics, slots } from './signature-blobs.ts';

export const signedPageSize = 4096;
const pageShift = 12;
const version = 0x20400;
const adHoc = 0x2;
const sha256 = { kind: 2, size: 32 } as const;
const mainBinary = 1; // CS_EXECSEG_MAIN_BINARY
/** Fixed part of a code directory of this version, up to and with the fields of the executable segment. */
const fixedSize = 88;
/** Where signatures start and end; codesign aligns so. */
export const signatureAlignment = 16;

export interface SignatureContent {
  readonly identifier: string;
  /** Bytes of the file before the signature; a multiple of 16. */
  readonly codeLimit: number;
  readonly textSegment: { readonly offset: number; readonly fileSize: number };
  /** What `__TEXT,__info_plist` holds, when there is one: sealed, not copied. */
  readonly infoPlist?: Uint8Array;
  /** Whole blobs of the earlier signature, by slot. */
  readonly entitlements: readonly { readonly slot: number; readonly blob: Uint8Array }[];
}

/** Known before any page is hashed, because the load command that is hashed names it. */
export function signatureSize(content: SignatureContent): number {
  const parts = partsOf(content);
  const length = superHeaderSize(parts.length) + directorySize(content) + parts.reduce((sum, { blob }) => sum + blob.length, 0);
  return Math.ceil(length / signatureAlignment) * signatureAlignment;
}

/** `pages`: the file's bytes up to the code limit, in order, in pieces that are whole pages except the last. */
export function buildSignature(content: SignatureContent, pages: Iterable<Uint8Array>): Uint8Array {
  const parts = partsOf(content);
  const directory = buildDirectory(content, parts, pages);
  const all = [{ slot: slots.codeDirectory, blob: directory }, ...parts];
  const signature = Buffer.alloc(signatureSize(content));
  let at = superHeaderSize(parts.length);
  all.forEach(({ slot, blob }, i) => {
    signature.writeUInt32BE(slot, 12 + i * 8);
    signature.writeUInt32BE(at, 16 + i * 8);
    signature.set(blob, at);
    at += blob.length;
  });
  signature.writeUInt32BE(magics.superBlob, 0);
  signature.writeUInt32BE(at, 4);
  signature.writeUInt32BE(all.length, 8);
  return signature;
}

type Part = SignatureContent['entitlements'][number];

/** Everything after the code directory, by ascending slot. */
function partsOf(content: SignatureContent): readonly Part[] {
  return [
    { slot: slots.requirements, blob: blobOf(magics.requirements, Buffer.alloc(4)) },
    ...content.entitlements,
    { slot: slots.certificate, blob: blobOf(magics.wrapper, Buffer.alloc(0)) },
  ];
}

function blobOf(magic: number, body: Uint8Array): Uint8Array {
  const header = Buffer.alloc(blobHeader);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(blobHeader + body.length, 4);
  return Buffer.concat([header, body]);
}

function superHeaderSize(parts: number): number {
  return 12 + (parts + 1) * 8;
}

function identifierSize(content: SignatureContent): number {
  return Buffer.byteLength(content.identifier) + 1;
}

/** Slots are counted backwards from the page hashes, up to the highest one in use. */
function specialSlots(content: SignatureContent): number {
  return Math.max(slots.requirements, ...content.entitlements.map(({ slot }) => slot));
}

function directorySize(content: SignatureContent): number {
  const pages = Math.ceil(content.codeLimit / signedPageSize);
  return fixedSize + identifierSize(content) + (specialSlots(content) + pages) * sha256.size;
}

function buildDirectory(content: SignatureContent, parts: readonly Part[], pages: Iterable<Uint8Array>): Uint8Array {
  const directory = Buffer.alloc(directorySize(content));
  const special = specialSlots(content);
  const hashes = fixedSize + identifierSize(content) + special * sha256.size;
  const words: readonly number[] = [
    magics.codeDirectory, directory.length, version, adHoc, hashes, fixedSize, special,
    Math.ceil(content.codeLimit / signedPageSize), content.codeLimit,
  ];
  words.forEach((word, i) => directory.writeUInt32BE(word, i * 4));
  directory.set([sha256.size, sha256.kind, 0, pageShift], 36);
  directory.writeBigUInt64BE(BigInt(content.textSegment.offset), 64);
  directory.writeBigUInt64BE(BigInt(content.textSegment.fileSize), 72);
  directory.writeBigUInt64BE(BigInt(mainBinary), 80);
  directory.write(content.identifier, fixedSize);

  for (const { slot, blob } of parts) {
    if (slot <= special) directory.set(hashOf(blob), hashes - slot * sha256.size);
  }
  if (content.infoPlist !== undefined) directory.set(hashOf(content.infoPlist), hashes - slots.infoPlist * sha256.size);
  let at = hashes;
  for (const piece of pages) {
    for (let page = 0; page < piece.length; page += signedPageSize) {
      directory.set(hashOf(piece.subarray(page, page + signedPageSize)), at);
      at += sha256.size;
    }
  }
  return directory;
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
