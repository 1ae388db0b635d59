import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/**
 * Brotli for the blocks of docs/formats/blocks.md: the one codec of theirs that every supported runtime decodes (Node has
 * Zstandard from 22 on). Quality 9 is an eighth of the work of 11 for a few per cent of the bytes.
 */
export const brotliBlocks = {
  id: 1,
  pack: (bytes: Uint8Array): Uint8Array => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  /** Throws for other bytes, and as soon as they make more than `size`; fewer are for the caller to see. */
  unpack: (packed: Uint8Array, size: number): Uint8Array => brotliDecompressSync(packed, { maxOutputLength: size }),
} as const;
