/**
 * How every parser here reads: each range is checked against the file before it is touched, numbers that JavaScript
 * cannot hold are refused, and a budget of reads bounds the work that a hostile file can ask for.
 */
import { SlipwayError, type ByteSource } from '@slipway/core';

/** The real executables tried need 360 reads at most, most of them a megabyte of signed pages. */
const readBudget = 50_000;
/** A file is passed over once for its checksum or once for each of its (one or two) code directories. */
const byteBudget = (size: number): number => 8 * size + (16 << 20);
/** Larger than any header table of a real executable; bulk data is read in pieces of at most this size. */
export const largestRead = 1 << 20;

/** Throws INSPECT_MALFORMED: what is wrong, and at which offset of the file. */
export function malformed(what: string, offset?: number): never {
  const where = offset === undefined ? '' : ` (at offset ${hex(offset)})`;
  throw new SlipwayError('INSPECT_MALFORMED', `not a sound executable: ${what}${where}`, {
    hint: 'Build or fetch the file again; if it was stripped, compressed or edited after it was built, leave that step out.',
  });
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A record in memory. Little-endian unless a name says otherwise; `offset` is where it lies in the file. */
export class Fields {
  readonly offset: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset: number) {
    this.offset = offset;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#view.byteLength;
  }

  u8(at: number): number {
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  u64(at: number): number {
    return this.#safe(this.#view.getBigUint64(at, true), at);
  }

  /** Code signatures are big-endian on every CPU. */
  bigEndian32(at: number): number {
    return this.#view.getUint32(at, false);
  }

  bigEndian64(at: number): number {
    return this.#safe(this.#view.getBigUint64(at, false), at);
  }

  #safe(value: bigint, at: number): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) malformed(`the number 0x${value.toString(16)} is larger than any file`, this.offset + at);
    return Number(value);
  }
}

export class BoundedReader {
  readonly size: number;
  readonly #source: ByteSource;
  #readsLeft = readBudget;
  #bytesLeft: number;

  constructor(source: ByteSource) {
    this.size = source.size;
    this.#source = source;
    this.#bytesLeft = byteBudget(source.size);
  }

  /** `length` bytes, at most `largestRead`; `what` names them in the error. */
  bytes(offset: number, length: number, what: string): Uint8Array {
    this.within(offset, length, what);
    if (length > largestRead) malformed(`${what} takes ${length} bytes, more than ${largestRead}`, offset);
    this.#readsLeft -= 1;
    this.#bytesLeft -= length;
    if (this.#readsLeft < 0 || this.#bytesLeft < 0) malformed('its tables point at the same bytes again and again', offset);
    return this.#source.read(offset, length);
  }

  fields(offset: number, length: number, what: string): Fields {
    return new Fields(this.bytes(offset, length, what), offset);
  }

  /** A NUL-terminated name of at most `limit` bytes that starts at `offset` and ends before `end`. */
  text(offset: number, end: number, limit: number, what: string): string {
    const bytes = this.bytes(offset, Math.min(limit + 1, Math.max(0, Math.min(end, this.size) - offset)), what);
    const length = bytes.indexOf(0);
    if (length < 0) malformed(`${what} has no end within ${limit} bytes`, offset);
    const text = new TextDecoder().decode(bytes.subarray(0, length));
    if (/[\p{Cc}\uFFFD]/u.test(text)) malformed(`${what} holds bytes that are no text`, offset);
    return text;
  }

  /** Refuse a range that does not lie in the file; a truncated file is noticed here. */
  within(offset: number, length: number, what: string): void {
    if (!Number.isSafeInteger(offset + length) || offset < 0 || length < 0 || offset + length > this.size) {
      malformed(`${what} (${length} bytes) ends beyond the file's ${this.size} bytes`, offset);
    }
  }

  /** Pass a range through in pieces of at most `largestRead`. */
  *pieces(offset: number, length: number, what: string): Generator<Uint8Array> {
    this.within(offset, length, what);
    for (let at = offset; at < offset + length; at += largestRead) {
      yield this.bytes(at, Math.min(largestRead, offset + length - at), what);
    }
  }
}
