/** Little-endian records, written field by field. */

type Field = readonly [bytes: 1 | 2 | 4 | 8, value: number | bigint];

/** The fields one after another, each of its own width, as unsigned numbers. */
export function record(...fields: readonly Field[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(Number(value), at, width);
    at += width;
  }
  return bytes;
}

/** Fields of 32 bits. */
export function words(...values: readonly number[]): Buffer {
  return record(...values.map((value): Field => [4, value >>> 0]));
}

/** Text in a field of fixed width, filled up with zeros. */
export function fixedText(text: string, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.write(text, 'latin1');
  return bytes;
}

export function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Place parts one after another from `start`, each on a multiple of its own alignment: their offsets and the end. */
export function layOut<Name extends string>(
  start: number, parts: readonly (readonly [name: Name, bytes: Uint8Array, alignment: number])[],
): { readonly offsets: Readonly<Record<Name, number>>; readonly end: number } {
  let at = start;
  const offsets = {} as Record<Name, number>;
  for (const [name, bytes, alignment] of parts) {
    at = alignUp(at, alignment);
    offsets[name] = at;
    at += bytes.length;
  }
  return { offsets, end: at };
}

/** One buffer of `size` bytes with each part at its offset. */
export function assemble(size: number, parts: readonly (readonly [offset: number, bytes: Uint8Array])[]): Uint8Array {
  const whole = new Uint8Array(size);
  for (const [offset, bytes] of parts) whole.set(bytes, offset);
  return whole;
}
