import { SlipwayError, type ByteSource } from '@slipway/core';
import { ByteReader, ByteWriter, hex, invalid } from './bytes.ts';
import { coverLimit } from './cover.ts';
import type { DeltaPorts } from './sha256.ts';

/** "slippat" and the version of the format. */
const magic = Uint8Array.of(0x73, 0x6c, 0x69, 0x70, 0x70, 0x61, 0x74);
export const version = 1;
const headerLimit = 1 << 24;
/** A part never exceeds this, on either side, so that every position in it fits in 31 bits. */
export const partLimit = 2 ** 30;
const sizeLimit = 2 ** 48;

/** A piece of the new file that is made from a piece of the base; parts follow each other in the new file. */
export interface Part {
  readonly baseOffset: number;
  readonly baseSize: number;
  readonly nextSize: number;
  /** Bytes of the layout, covers and body in the patch. */
  readonly layoutSize: number;
  readonly coversSize: number;
  readonly bodySize: number;
  readonly coverCount: number;
}

export interface PatchHeader {
  readonly version: number;
  readonly baseSize: number;
  /** Lower-case hex. */
  readonly baseSha256: string;
  readonly nextSize: number;
  readonly nextSha256: string;
  /** Bytes of new file in a frame; the last one may be shorter. */
  readonly frameSize: number;
  readonly frameCount: number;
}

export interface FullHeader extends PatchHeader {
  readonly parts: readonly Part[];
  /** First eight bytes of the SHA-256 of the new file up to the end of each frame. */
  readonly checks: readonly Uint8Array[];
  /** Where the first part begins. */
  readonly length: number;
}

export function writeHeader(ports: DeltaPorts, header: Omit<FullHeader, 'version' | 'length' | 'frameCount'>): Uint8Array {
  const fields = new ByteWriter();
  fields.number(header.baseSize);
  fields.number(header.nextSize);
  fields.bytes(fromHex(header.baseSha256));
  fields.bytes(fromHex(header.nextSha256));
  fields.byte(Math.log2(header.frameSize));
  fields.number(header.parts.length);
  for (const part of header.parts) {
    for (const value of [part.baseOffset, part.baseSize, part.nextSize, part.layoutSize, part.coverCount, part.coversSize, part.bodySize]) fields.number(value);
  }
  for (const check of header.checks) fields.bytes(check);
  const head = new ByteWriter();
  head.bytes(magic);
  head.byte(version);
  head.number(fields.length);
  head.bytes(fields.done());
  const hasher = ports.sha256();
  hasher.update(head.done());
  head.bytes(hasher.digest().subarray(0, 8));
  return head.done();
}

/** Reads and checks the whole header: PATCH_INVALID or PATCH_VERSION. */
export function readFullHeader(ports: DeltaPorts, patch: ByteSource): FullHeader {
  const { fields, length } = headerFields(patch);
  const hasher = ports.sha256();
  hasher.update(patch.read(0, length - 8));
  const check = hasher.digest();
  if (patch.read(length - 8, 8).some((byte, i) => byte !== check[i])) throw invalid('its header does not hash as it says');
  return { ...parseFields(fields), length };
}

/** What the header says, without its hash being checked. Throws PATCH_INVALID, or PATCH_VERSION for a later format. */
export function readPatchHeader(patch: ByteSource): PatchHeader {
  const { parts: _, checks: __, ...header } = parseFields(headerFields(patch).fields);
  return header;
}

function headerFields(patch: ByteSource): { readonly fields: Uint8Array; readonly length: number } {
  const start = patch.read(0, Math.min(patch.size, 16)).slice();
  const reader = new ByteReader(start, 'its header');
  if (patch.size < 8 || reader.bytes(7).some((byte, i) => byte !== magic[i])) throw invalid('it does not begin like one');
  const found = reader.byte();
  if (found !== version) throw new SlipwayError('PATCH_VERSION', `the patch has format ${found}, this program reads format ${version}`);
  const size = reader.number(headerLimit);
  if (reader.position + size + 8 > patch.size) throw invalid('its header ends early');
  return { fields: patch.read(reader.position, size).slice(), length: reader.position + size + 8 };
}

function parseFields(fields: Uint8Array): Omit<FullHeader, 'length'> {
  const reader = new ByteReader(fields, 'its header');
  const baseSize = reader.number(sizeLimit);
  const nextSize = reader.number(sizeLimit);
  const baseSha256 = hex(reader.bytes(32));
  const nextSha256 = hex(reader.bytes(32));
  const frameBits = reader.byte();
  if (frameBits < 20 || frameBits > 22) throw invalid(`its frames have 2^${frameBits} bytes`);
  const frameSize = 2 ** frameBits;
  const frameCount = Math.ceil(nextSize / frameSize);
  const parts = Array.from({ length: reader.number(fields.length) }, (): Part => {
    const [baseOffset, baseSize, nextSize, layoutSize] = [reader.number(sizeLimit), reader.number(partLimit), reader.number(partLimit), reader.number(1 << 20)];
    return { baseOffset, baseSize, nextSize, layoutSize, coverCount: reader.number(coverLimit), coversSize: reader.number(partLimit), bodySize: reader.number(partLimit) };
  });
  parts.forEach((part, i) => {
    if (part.baseOffset + part.baseSize > baseSize) throw invalid('a part lies outside the base');
    if (i < parts.length - 1 && (part.nextSize === 0 || part.nextSize % frameSize !== 0)) throw invalid('a part ends within a frame');
    if (part.coverCount > part.nextSize) throw invalid('a part has more covers than bytes');
  });
  if (parts.reduce((sum, part) => sum + part.nextSize, 0) !== nextSize) throw invalid('its parts do not make up the new file');
  if (reader.position + frameCount * 8 !== fields.length) throw invalid('its header has another length');
  const checks = Array.from({ length: frameCount }, () => reader.bytes(8));
  return { version, baseSize, nextSize, baseSha256, nextSha256, frameSize, frameCount, parts, checks };
}

function fromHex(text: string): Uint8Array { return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16)); }
