import type { ByteSource } from '@slipway/core';

/** Fills `to` with a file's bytes from `offset`, zeros beyond its end. */
export type Load = (offset: number, to: Uint8Array) => void;

const chunkBytes = 1 << 20;

/** Reads a stretch of a file in chunks. */
export function loader(file: ByteSource, from: number, size: number): Load {
  return (offset, to) => {
    const length = Math.max(0, Math.min(to.length, size - offset));
    for (let at = 0; at < length; at += chunkBytes) {
      const part = Math.min(chunkBytes, length - at);
      to.set(file.read(from + offset + at, part), at);
    }
    if (length < to.length) to.fill(0, length);
  };
}

/** A stretch of a file as a file. */
export function stretch(file: ByteSource, from: number, size: number): ByteSource {
  if (from === 0 && size === file.size) return file;
  return { size, read: (offset, length) => {
    if (offset < 0 || offset + length > size) throw new RangeError(`bytes ${offset}+${length} lie outside ${size}`);
    return file.read(from + offset, length);
  } };
}
