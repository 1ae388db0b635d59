/**
 * Ad-hoc signing of a thin 64-bit Mach-O executable, on any host. macOS kills a program whose pages do not match their
 * hashes, and on arm64 one without a signature, so whatever changes the bytes must end here.
 */
import { SlipwayError } from '@slipway/core';
import { BoundedReader, largestRead, malformed } from '../inspect/bounded-reader.ts';
import { openEditableFile, type EditableBytes } from './editable-bytes.ts';
import {
  commandKinds, headerSize, readMachOImage, sectionNamed, segmentNamed, signatureRangeOf,
  type MachOImage, type MachOSegment,
} from './load-commands.ts';
import { readSignatureBlobs, slots } from './signature-blobs.ts';
import { buildSignature, signatureAlignment, signatureSize, type SignatureContent } from './signature-writer.ts';

const signatureCommandSize = 16;
/** Apple's linker rounds __LINKEDIT up to 16 kB on both CPUs. */
const segmentAlignment = 1 << 14;
const largestOffset = 0xffff_ffff;

/**
 * Sign the file at `path` in place; meant for a private copy, since an interrupted run leaves it half signed.
 * An earlier signature is replaced and its entitlements kept. The same bytes and identifier give the same result.
 * Throws INSPECT_MALFORMED for what is no such executable, NAME_INVALID for the identifier, COMPILE_FAILED when the
 * header has no room for the signature's load command, FILE_MISSING or IO_FAILED. Memory: about 1% of the file.
 */
export function signAdHoc(path: string, identifier: string): void {
  const file = openEditableFile(path);
  try {
    signBytes(file, identifier);
  } finally {
    file.close();
  }
}

/** The same on anything editable. */
export function signBytes(file: EditableBytes, identifier: string): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(identifier)) {
    throw new SlipwayError('NAME_INVALID', `"${identifier}" cannot identify a signed program`, {
      hint: 'Use 1 to 255 printable ASCII characters without spaces.',
    });
  }
  const reader = new BoundedReader(file);
  const image = readMachOImage(reader);
  const { codeEnd, entitlements } = unsigned(reader, image);
  const codeLimit = roundUp(codeEnd, signatureAlignment);
  const text = segmentNamed(image, '__TEXT') ?? malformed('it has no __TEXT segment');
  const plist = sectionNamed(image, '__TEXT', '__info_plist');
  const content: SignatureContent = {
    identifier, codeLimit, textSegment: text, entitlements,
    ...(plist !== undefined && { infoPlist: reader.bytes(plist.offset, plist.size, 'its Info.plist') }),
  };
  const end = codeLimit + signatureSize(content);
  const header = headerFor(reader, image, codeLimit, end);

  file.resize(codeEnd); // cut first, so that what fills up to the alignment is zeros
  file.resize(end);
  file.write(0, header);
  file.write(codeLimit, buildSignature(content, piecesOf(file, codeLimit)));
}

/** Where the code ends once an earlier signature is gone, and the entitlements that it held. */
function unsigned(reader: BoundedReader, image: MachOImage): { readonly codeEnd: number; readonly entitlements: SignatureContent['entitlements'] } {
  const range = signatureRangeOf(image);
  if (range === undefined) return { codeEnd: reader.size, entitlements: [] };
  const kept = readSignatureBlobs(reader, range)
    .filter(({ slot }) => slot === slots.entitlements || slot === slots.derEntitlements)
    .sort((a, b) => a.slot - b.slot);
  return {
    codeEnd: range.offset,
    entitlements: kept.map(({ slot, offset, length }) => ({ slot, blob: reader.bytes(offset, length, 'the entitlements') })),
  };
}

/** Header and load commands as they must be before the first page is hashed. */
function headerFor(reader: BoundedReader, image: MachOImage, codeLimit: number, end: number): Uint8Array {
  const linkedit = segmentNamed(image, '__LINKEDIT') ?? malformed('it has no __LINKEDIT segment');
  if (linkedit.offset + linkedit.fileSize !== reader.size) malformed('__LINKEDIT is not the end of the file', linkedit.offset);
  if (codeLimit < linkedit.offset) malformed('its signature lies before __LINKEDIT', codeLimit);
  if (end > largestOffset) malformed(`its ${codeLimit} bytes are more than a signature can cover`);
  const existing = signatureRangeOf(image);
  const length = headerSize + image.commandBytes + (existing === undefined ? signatureCommandSize : 0);
  if (existing === undefined) requireRoom(reader, image, length);
  const header = Buffer.from(reader.bytes(0, length, 'the load commands'));
  const command = existing?.command.fields.offset ?? length - signatureCommandSize;
  if (existing === undefined) {
    header.writeUInt32LE(image.commands.length + 1, 16);
    header.writeUInt32LE(image.commandBytes + signatureCommandSize, 20);
  }
  [commandKinds.codeSignature, signatureCommandSize, codeLimit, end - codeLimit].forEach((word, i) => header.writeUInt32LE(word, command + i * 4));
  resizeLinkedit(header, image, linkedit, end - linkedit.offset);
  return header;
}

function resizeLinkedit(header: Buffer, image: MachOImage, linkedit: MachOSegment, fileSize: number): void {
  const memorySize = roundUp(fileSize, segmentAlignment);
  const end = linkedit.address + memorySize;
  if (image.segments.some(({ address }) => address > linkedit.address && address < end)) malformed('a segment lies behind __LINKEDIT in memory');
  const at = linkedit.command.fields.offset;
  header.writeBigUInt64LE(BigInt(memorySize), at + 32);
  header.writeBigUInt64LE(BigInt(fileSize), at + 48);
}

/** The new load command may only overwrite padding: zeros before the first byte that a segment or section claims. */
function requireRoom(reader: BoundedReader, image: MachOImage, length: number): void {
  const claimed = image.segments.flatMap((segment) => [segment, ...segment.sections]).map(({ offset }) => offset);
  const free = Math.min(reader.size, ...claimed.filter((offset) => offset > 0));
  const start = length - signatureCommandSize;
  if (length <= free && reader.bytes(start, signatureCommandSize, 'header padding').every((byte) => byte === 0)) return;
  throw new SlipwayError('COMPILE_FAILED', 'the Mach-O header has no room for the load command of a signature', {
    hint: 'Link the program with -headerpad 0x20, or let the linker sign it ad hoc (-adhoc_codesign).',
  });
}

function* piecesOf(file: EditableBytes, length: number): Generator<Uint8Array> {
  for (let at = 0; at < length; at += largestRead) yield file.read(at, Math.min(largestRead, length - at));
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
