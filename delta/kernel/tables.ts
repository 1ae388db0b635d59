// References in tables: fields of fixed records, call frame information, Go's function records, aligned pointers.
// Which fields a code stands for is told by the region's description.
import { inCode, inImage, isMarked, isTable, mark, regionAddress } from './image';

/** Fields of 12 bytes: offset in the record, width (4 or 8). One code for each. */
export function sweepRecords(from: usize, offset: u32, length: u32, stride: u32, fields: usize, count: u32): void {
  for (let record: u32 = 0; record + stride <= length; record += stride) {
    for (let code: u32 = 0; code < count; code++) {
      mark(offset + record + load<u32>(fields + (<usize>code << 2)), code);
    }
  }
}

/** Address of the jump table that is being read, plus one; it carries over from chunk to chunk. */
let table: u32 = 0;

/**
 * Data: jump tables, where `jumps`, are words of four bytes from an address that code computes on, each that address's
 * distance to code (codes 1 for the first, 2 for the others). Pointers, where `pointers`, are aligned words of eight bytes
 * that, masked and moved by `base`, are addresses in the image (code 0).
 */
export function sweepData(from: usize, offset: u32, length: u32, first: bool, jumps: bool, pointers: bool, mask: u64, base: i64, lowest: u64): void {
  if (first) table = 0;
  if (jumps) {
    const skip = (4 - (regionAddress(offset) & 3)) & 3;
    for (let i: u32 = skip; i + 4 <= length; i += 4) {
      const address = regionAddress(offset + i);
      const begins = isTable(address);
      if (begins) table = address + 1;
      if (table == 0) continue;
      if (inCode(table - 1 + load<u32>(from + <usize>i))) mark(offset + i, begins ? 1 : 2); else table = 0;
    }
  }
  if (!pointers) return;
  for (let i: u32 = 0; i + 8 <= length; i += 8) {
    const value = load<u64>(from + <usize>i) & mask;
    if (value < lowest) continue;
    const address = value + <u64>base;
    if (address >= 0x80000000 || !inImage(<u32>address)) continue;
    const here = offset + i;
    let taken = false;
    for (let k: u32 = here < 3 ? 0 : here - 3; k < here + 8; k++) if (isMarked(k)) { taken = true; break; }
    if (!taken) mark(here, 0);
  }
}

/** Consumed by a sweep that goes no further: more than any region has. */
const stop: u32 = 1 << 30;

/** Frame descriptions of .eh_frame: code 0 is the four-byte start of the code, relative to itself. Returns the bytes consumed. */
export function sweepFrames(from: usize, offset: u32, length: u32): u32 {
  let at: u32 = 0;
  while (at + 16 <= length) {
    const size = load<u32>(from + <usize>at);
    if (size == 0) { at += 4; continue; }
    if (size > 0xffff) return stop;
    if (load<u32>(from + <usize>at, 4) != 0) mark(offset + at + 8, 0);
    if (at + 4 + size > length) break;
    at += 4 + size;
  }
  return at;
}

/**
 * Go function records: 44 bytes (entry, name, args, deferreturn, pcsp, pcfile, pcln, npcdata, cu, line, 3 bytes,
 * nfuncdata), then npcdata offsets into the pc tables and nfuncdata offsets into the function data, aligned to 8.
 * Codes: 0 entry, 1 name, 2 pc table, 3 function data. Returns the bytes consumed.
 */
export function sweepGoFuncs(from: usize, offset: u32, length: u32): u32 {
  let at: u32 = 0;
  while (at + 44 <= length) {
    const record = from + <usize>at;
    const pcdata = load<u32>(record, 28);
    const funcdata: u32 = load<u8>(record, 43);
    if (pcdata > 64) return stop;
    const size: u32 = 44 + ((pcdata + funcdata) << 2);
    if (at + size > length) break;
    const here = offset + at;
    mark(here, 0);
    mark(here + 4, 1);
    for (let i: u32 = 16; i < 28; i += 4) if (load<u32>(record + <usize>i) != 0) mark(here + i, 2);
    let field: u32 = 44;
    for (let i: u32 = 0; i < pcdata; i++, field += 4) if (load<u32>(record + <usize>field) != 0) mark(here + field, 2);
    for (let i: u32 = 0; i < funcdata; i++, field += 4) if (load<u32>(record + <usize>field) != 0xffffffff) mark(here + field, 3);
    at += (size + 7) & ~7;
  }
  return at;
}
