// One side of a patch: where its bytes lie in memory once loaded (segments), and which bytes of the file hold references
// (marks). Addresses are relative to the image's base and below 2^31.

/** Segments: 16 bytes each, address, size in memory, file offset, flags (1 = code). Sorted by address, not overlapping. */
let segments: usize = 0;
let segmentCount: u32 = 0;
let last: usize = 0;
/** One bit per byte of the file. A set bit begins a reference; the three bits after it are its code. */
let marks: usize = 0;
/** Address minus file offset in the region that is being swept. */
let distance: u32 = 0;
let marked: u32 = 0;

export function useImage(segmentTable: usize, count: u32, bitmap: usize): void {
  segments = segmentTable;
  segmentCount = count;
  last = segmentTable;
  marks = bitmap;
}

export function useRegion(addressMinusOffset: u32): void { distance = addressMinusOffset; }
export function markCount(): u32 { return marked; }

// @ts-ignore: decorator
@inline
export function regionAddress(offset: u32): u32 { return offset + distance; }

function find(address: u32): usize {
  for (let i: u32 = 0; i < segmentCount; i++) {
    const segment = segments + (<usize>i << 4);
    if (address - load<u32>(segment) < load<u32>(segment, 4)) { last = segment; return segment; }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
export function inImage(address: u32): bool {
  return address - load<u32>(last) < load<u32>(last, 4) || find(address) != 0;
}

// @ts-ignore: decorator
@inline
export function inCode(address: u32): bool {
  return inImage(address) && (load<u32>(last, 12) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function mark(offset: u32, code: u32): void {
  const byte = marks + <usize>(offset >>> 3);
  const bits = (1 | (code << 1)) << (offset & 7);
  store<u16>(byte, load<u16>(byte) | <u16>bits);
  marked++;
}


/** Addresses that code computes (LEA), a bit for each four bytes: where a jump table may begin. */
let tables: usize = 0;
let tablesLow: u32 = 0;
let tablesSize: u32 = 0;

export function useTables(bitmap: usize, low: u32, size: u32): void { tables = bitmap; tablesLow = low; tablesSize = size; }

// @ts-ignore: decorator
@inline
export function noteTable(address: u32): void {
  const at = address - tablesLow;
  if (at >= tablesSize || address & 3) return;
  const byte = tables + <usize>(at >>> 5);
  store<u8>(byte, load<u8>(byte) | <u8>((<u32>1) << ((at >>> 2) & 7)));
}

// @ts-ignore: decorator
@inline
export function isTable(address: u32): bool {
  const at = address - tablesLow;
  return at < tablesSize && ((load<u8>(tables + <usize>(at >>> 5)) >>> ((at >>> 2) & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function isMarked(offset: u32): bool { return ((load<u8>(marks + <usize>(offset >>> 3)) >>> (offset & 7)) & 1) != 0; }
