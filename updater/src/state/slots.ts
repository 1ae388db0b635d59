/**
 * The bytes of the state file: two slots of 8 KiB, written in turn, so that a write that a power failure tears leaves
 * the other slot. Byte for byte: docs/formats/state.md. This is read at every start of a program: no library.
 */
import { crc32 } from './crc32.ts';

export const slotSize = 8192;
export const stateFileSize = 2 * slotSize;

const magic = 'slipway-state 1 ';
/** `slipway-state 1 cccccccc sssssssssssss llll\n`: checksum, sequence and length in hexadecimal. */
const header = /^slipway-state 1 ([0-9a-f]{8}) ([0-9a-f]{13}) ([0-9a-f]{4})\n$/;
const headerSize = 44;
/** The checksum is of everything from here to the end of the text. */
const checkedFrom = magic.length + 9;

/** Bytes of text that a slot has room for. */
export const textLimit = slotSize - headerSize - 1;

export interface Slot {
  /** Which of the two. */
  readonly index: 0 | 1;
  /** The greater one is the newer. */
  readonly sequence: number;
  readonly text: string;
}

/** One whole slot; throws RangeError when the text is longer than `textLimit` bytes. */
export function encodeSlot(sequence: number, text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  if (body.length > textLimit) throw new RangeError(`the state is ${body.length} bytes long, ${textLimit} are possible`);
  const slot = new Uint8Array(slotSize).fill(0x20);
  slot[slotSize - 1] = 0x0a;
  slot.set(new TextEncoder().encode(`${magic}00000000 ${hex(sequence, 13)} ${hex(body.length, 4)}\n`));
  slot.set(body, headerSize);
  const checksum = crc32(slot.subarray(checkedFrom, headerSize + body.length));
  slot.set(new TextEncoder().encode(hex(checksum, 8)), magic.length);
  return slot;
}

/** The slots that hold, the newer one first. Never throws. */
export function decodeSlots(bytes: Uint8Array): readonly Slot[] {
  const slots = ([0, 1] as const).map((index) => decodeSlot(bytes.subarray(index * slotSize, (index + 1) * slotSize), index));
  return slots.filter((slot) => slot !== undefined).toSorted((a, b) => b.sequence - a.sequence);
}

function decodeSlot(slot: Uint8Array, index: 0 | 1): Slot | undefined {
  if (slot.length !== slotSize) return undefined;
  const fields = header.exec(new TextDecoder().decode(slot.subarray(0, headerSize))); // spread, the bytes cost a start 0.5 ms on Bun
  if (fields === null) return undefined;
  const [checksum = 0, sequence = 0, length = 0] = fields.slice(1).map((digits) => Number.parseInt(digits, 16));
  if (length > textLimit || crc32(slot.subarray(checkedFrom, headerSize + length)) !== checksum) return undefined;
  try {
    return { index, sequence, text: new TextDecoder('utf-8', { fatal: true }).decode(slot.subarray(headerSize, headerSize + length)) };
  } catch {
    return undefined; // whoever wrote it, it is not text
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
