/** How blocks are compressed. The port hides which library does it. */
export interface BlockCodec {
  /** The number in the index: 1 Brotli, 2 Zstandard, 3 raw DEFLATE. */
  readonly id: number;
  pack(bytes: Uint8Array): Uint8Array;
  /** At most `size` bytes; throws when the packed bytes hold more, or no such data. */
  unpack(packed: Uint8Array, size: number): Uint8Array;
}

/** Numbers that an index may carry, with what people call them. */
export const codecNames: Readonly<Record<number, string>> = { 1: 'Brotli', 2: 'Zstandard', 3: 'raw DEFLATE' };
