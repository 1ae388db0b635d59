/**
 * The parts of an embedded signature (a "SuperBlob"). Source: Apple, xnu osfmk/kern/cs_blobs.h; all big-endian.
 */
import { hex, malformed, type BoundedReader } from '../inspect/bounded-reader.ts';
import type { SignatureRange } from './load-commands.ts';

export const magics = { superBlob: 0xfade0cc0, codeDirectory: 0xfade0c02, requirements: 0xfade0c01, wrapper: 0xfade0b01 } as const;
export const slots = { codeDirectory: 0, infoPlist: 1, requirements: 2, entitlements: 5, derEntitlements: 7, certificate: 0x10000 } as const;
/** Magic and length, at the start of every part. */
export const blobHeader = 8;
const mostBlobs = 32;

export interface Blob {
  readonly slot: number;
  readonly magic: number;
  /** Of its header, in the file. */
  readonly offset: number;
  /** With its header. */
  readonly length: number;
}

/** Throws INSPECT_MALFORMED when the parts do not lie inside the signature, or the signature is not the file's end. */
export function readSignatureBlobs(reader: BoundedReader, range: SignatureRange): readonly Blob[] {
  const { offset: start, size } = range;
  reader.within(start, size, 'the code signature');
  if (start + size !== reader.size) malformed('bytes follow the code signature, which nothing seals', start + size);
  if (size < 12) malformed(`a code signature of ${size} bytes`, start);
  const head = reader.fields(start, 12, 'the code signature');
  if (head.bigEndian32(0) !== magics.superBlob) malformed(`its signature starts with ${hex(head.bigEndian32(0))}`, start);
  const [length, count] = [head.bigEndian32(4), head.bigEndian32(8)];
  if (count === 0 || count > mostBlobs) malformed(`a signature of ${count} parts`, start + 8);
  if (length > size || length < 12 + count * 8) malformed(`its signature claims ${length} of ${size} bytes`, start + 4);
  const index = reader.fields(start + 12, count * 8, 'the index of the code signature');
  const blobs = Array.from({ length: count }, (_, i) => readBlob(reader, start, length, index.bigEndian32(i * 8), index.bigEndian32(i * 8 + 4)));
  if (new Set(blobs.map(({ slot }) => slot)).size !== count) malformed('its signature has two parts for one slot', start + 12);
  return blobs;
}

function readBlob(reader: BoundedReader, start: number, total: number, slot: number, at: number): Blob {
  if (at + blobHeader > total) malformed(`part ${hex(slot)} of the signature lies outside it`, start);
  const head = reader.fields(start + at, blobHeader, 'a part of the signature');
  const length = head.bigEndian32(4);
  if (length < blobHeader || at + length > total) malformed(`part ${hex(slot)} of the signature claims ${length} bytes`, start + at);
  return { slot, magic: head.bigEndian32(0), offset: start + at, length };
}
