/**
 * Random access to bytes that may be far larger than memory. Reads are synchronous because parsers are full of small
 * ones; an implementation buffers.
 */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`; throws RangeError when any of them lies outside. The result may be a view. */
  read(offset: number, length: number): Uint8Array;
}

/** Bytes already in memory as a source. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length) {
      if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new RangeError(`bytes ${offset}+${length} lie outside ${bytes.length}`);
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}
