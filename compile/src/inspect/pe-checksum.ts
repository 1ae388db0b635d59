/**
 * The checksum of a PE file's optional header: the 16-bit words of the file added with carry, the field itself taken
 * as zero, plus the file's length (Microsoft documents it through ImageHlp's CheckSumMappedFile).
 */

/** Feed the file in order, in pieces of even length except the last. */
export function peChecksum(pieces: Iterable<Uint8Array>, fieldOffset: number): number {
  let sum = 0;
  let length = 0;
  for (const piece of pieces) {
    sum = foldWords(sum, piece);
    // The field is four bytes at an even offset; take its words out again where they lie in this piece.
    for (const at of [fieldOffset - length, fieldOffset + 2 - length]) {
      if (at >= 0 && at + 2 <= piece.length) sum = fold(sum + 0xffff - wordAt(piece, at));
    }
    length += piece.length;
  }
  return (fold(sum) + length) >>> 0;
}

function foldWords(start: number, piece: Uint8Array): number {
  let sum = start;
  // 65536 words of 16 bits stay below 2^32, so folding once per such block is enough.
  for (let block = 0; block < piece.length; block += 1 << 17) {
    const end = Math.min(piece.length, block + (1 << 17));
    for (let at = block; at < end; at += 2) sum += wordAt(piece, at);
    sum = fold(sum);
  }
  return sum;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8);
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}
