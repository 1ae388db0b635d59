/**
 * Where Bun puts the application into an ELF file: on a page of its own at the end of a segment, filled up with zeros,
 * and its address in a word of the writable data. `strip` keeps the pages and clears that word (no section covers it
 * any more): the program then starts as plain Bun, so the word is looked for too.
 */
import { malformed, type BoundedReader } from './bounded-reader.ts';
import { lengthSize, offsetsSize, readPayload, trailer, type Payload } from './bun-payload.ts';
import { segmentTypes, type ElfImage, type Segment } from './elf-segments.ts';

/** Bun fills up to a page of 4 kB on x64 and 64 kB on arm64. */
const largestFill = 1 << 16;

/** Undefined when no segment ends in a payload; throws INSPECT_MALFORMED for one that is damaged or out of reach. */
export function findElfPayload(reader: BoundedReader, image: ElfImage): Payload | undefined {
  const loads = image.segments.filter((segment) => segment.type === segmentTypes.load);
  for (const segment of loads) {
    const end = endOfPayload(reader, segment);
    if (end === undefined) continue;
    const footer = end - trailer.length - offsetsSize;
    const start = footer - reader.fields(footer, offsetsSize, "the footer of Bun's payload").u64(0) - lengthSize;
    if (start < segment.offset) malformed("Bun's payload starts before its segment", footer);
    const payload = readPayload(reader, start, end - start);
    if (payload === undefined || payload.size !== end - start - lengthSize) malformed("Bun's payload and its length disagree", start);
    requirePointer(reader, loads, segment.address + (start - segment.offset), start);
    return payload;
  }
  return undefined;
}

/** Offset just after the trailer, when the segment's bytes end in one. */
function endOfPayload(reader: BoundedReader, segment: Segment): number | undefined {
  const length = Math.min(segment.fileSize, largestFill + trailer.length);
  const from = segment.offset + segment.fileSize - length;
  const tail = reader.bytes(from, length, 'the end of a segment');
  const last = tail.findLastIndex((byte) => byte !== 0) + 1;
  const found = last >= trailer.length + offsetsSize && Buffer.compare(tail.subarray(last - trailer.length, last), trailer) === 0;
  return found ? from + last : undefined;
}

function requirePointer(reader: BoundedReader, loads: readonly Segment[], address: number, payloadOffset: number): void {
  for (const segment of loads.filter((one) => one.writable)) {
    const end = Math.min(segment.offset + segment.fileSize, segment.offset <= payloadOffset ? payloadOffset : Infinity);
    // Words are aligned in memory; file offset and address agree modulo the page size.
    const first = Math.ceil(segment.offset / 8) * 8;
    for (const piece of reader.pieces(first, Math.max(0, end - first), 'writable data')) {
      if (holdsWord(piece, address)) return;
    }
  }
  malformed("Bun's payload is there but nothing points to it, as after strip", payloadOffset);
}

function holdsWord(piece: Uint8Array, word: number): boolean {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const [low, high] = [word >>> 0, Math.floor(word / 2 ** 32)];
  for (let at = 0; at + 8 <= piece.length; at += 8) {
    if (view.getUint32(at, true) === low && view.getUint32(at + 4, true) === high) return true;
  }
  return false;
}
