/**
 * The embedded signature of a Mach-O file: every page hash and every sealed blob is computed again. What a certificate
 * is worth is Gatekeeper's question; what is asked here is whether the kernel will kill the program.
 * Source: Apple, xnu osfmk/kern/cs_blobs.h (all fields big-endian).
 */
import type { ExecutableFacts } from '@slipway/core';
import { sectionNamed, segmentNamed, signatureRangeOf, type MachOImage } from '../macho/load-commands.ts';
import { blobHeader, magics, readSignatureBlobs, slots, type Blob } from '../macho/signature-blobs.ts';
import { hex, malformed, type BoundedReader } from './bounded-reader.ts';
import { readCodeDirectory, type CodeDirectory } from './code-directory.ts';
import { checkPages, digest } from './page-hashes.ts';

/** Alternate code directories (other hash kinds) have the slots 0x1000 to 0x1004. */
const isDirectory = (slot: number): boolean => slot === slots.codeDirectory || (slot >= 0x1000 && slot < 0x1005);

/** Throws INSPECT_MALFORMED naming the first wrong page, or whatever else the kernel or codesign would refuse. */
export function checkCodeSignature(reader: BoundedReader, image: MachOImage): NonNullable<ExecutableFacts['signature']> {
  const range = signatureRangeOf(image);
  if (range === undefined) return 'none';
  const linkedit = segmentNamed(image, '__LINKEDIT');
  if (linkedit === undefined || linkedit.offset + linkedit.fileSize !== reader.size) malformed('__LINKEDIT is not the end of the file');
  const blobs = readSignatureBlobs(reader, range);
  const directories = blobs.filter(({ slot }) => isDirectory(slot)).map((blob) => {
    if (blob.magic !== magics.codeDirectory) malformed(`a code directory with the magic ${hex(blob.magic)}`, blob.offset);
    return readCodeDirectory(reader, blob.offset, blob.length);
  });
  if (blobs[0]?.slot !== slots.codeDirectory) malformed('its signature does not start with a code directory', range.offset);
  for (const directory of directories) {
    if (directory.codeLimit !== range.offset) {
      malformed(`its signature covers ${directory.codeLimit} bytes, not the ${range.offset} before it`, directory.offset);
    }
    checkPages(reader, directory);
    checkSeals(reader, image, blobs, directory);
  }
  return kindOf(blobs, directories);
}

/** Special slots: what is in the signature must be sealed by each directory, and what is sealed must be there. */
function checkSeals(reader: BoundedReader, image: MachOImage, blobs: readonly Blob[], directory: CodeDirectory): void {
  for (const slot of [slots.requirements, slots.entitlements, slots.derEntitlements]) {
    const blob = blobs.find((one) => one.slot === slot);
    const sealed = directory.specialHash(slot);
    if (blob === undefined && sealed === undefined) continue;
    const what = `part ${hex(slot)} of the signature`;
    if (blob === undefined) return malformed(`${what} is sealed but missing`, directory.offset);
    if (sealed === undefined) return malformed(`${what} is not sealed`, directory.offset);
    checkSeal(reader, directory, sealed, blob.offset, blob.length, what);
  }
  const plist = sectionNamed(image, '__TEXT', '__info_plist');
  const sealed = directory.specialHash(slots.infoPlist);
  if (plist !== undefined && sealed !== undefined) checkSeal(reader, directory, sealed, plist.offset, plist.size, 'its Info.plist');
}

function checkSeal(reader: BoundedReader, directory: CodeDirectory, sealed: Uint8Array, offset: number, length: number, what: string): void {
  const actual = digest(directory.hash, [reader.bytes(offset, length, what)]);
  if (Buffer.compare(actual, sealed) !== 0) malformed(`${what} does not match its hash in the signature`, offset);
}

function kindOf(blobs: readonly Blob[], directories: readonly CodeDirectory[]): 'ad-hoc' | 'certificate' {
  if (directories.every(({ adHoc }) => adHoc)) return 'ad-hoc';
  const certificate = blobs.find(({ slot }) => slot === slots.certificate);
  if (certificate === undefined || certificate.length <= blobHeader) malformed('its signature is neither ad hoc nor made with a certificate');
  return 'certificate';
}
