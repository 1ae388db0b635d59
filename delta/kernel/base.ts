// The base file, read by position through a small cache of pages.

// @ts-ignore: decorator
@external("host", "readBase")
declare function readBase(offset: u32, to: usize): void;

/** Pages of 64 kB; each is loaded with the 64 bytes that follow it, so that a short read never leaves its page. */
const pageBits: u32 = 16;
export const pageBytes: u32 = (1 << 16) + 64;
const pageCount: u32 = 64;

let pages: usize = 0;
const tags: usize = memory.data(64 * 4);

/** `memory` has room for 64 pages. Bytes beyond the file's end read as zeros. */
export function useBase(memoryStart: usize): void {
  pages = memoryStart;
  memory.fill(tags, 0xff, pageCount << 2);
}

export function basePagesBytes(): u32 { return pageBytes * pageCount; }

/** Address of the byte at `offset`; 64 bytes from there are readable. */
// @ts-ignore: decorator
@inline
export function basePointer(offset: u32): usize {
  const page = offset >>> pageBits;
  const slot = page & (pageCount - 1);
  const to = pages + <usize>(slot * pageBytes);
  const tag = tags + (<usize>slot << 2);
  if (load<u32>(tag) != page) { readBase(page << pageBits, to); store<u32>(tag, page); }
  return to + <usize>(offset & 0xffff);
}

/** Bytes readable in a row from `offset`. */
// @ts-ignore: decorator
@inline
export function baseRun(offset: u32): u32 { return pageBytes - (offset & 0xffff); }
