// References in AArch64 machine code: branches, and ADRP with the instructions that add to it.
import { inCode, inImage, mark, regionAddress } from './image';

/** How many instructions an ADRP and its use may be apart. */
export const reach: u32 = 16;

export const imm26: u32 = 0;
export const imm19: u32 = 1;
export const imm14: u32 = 2;
export const adrp: u32 = 3;
export const add12: u32 = 4;
export const load12: u32 = 5;
export const adr: u32 = 6;

/** Which kind of reference an instruction word holds; 7 for none. */
// @ts-ignore: decorator
@inline
export function armKind(word: u32): u32 {
  if ((word & 0x7c000000) == 0x14000000) return imm26;
  if ((word & 0x9f000000) == 0x90000000) return adrp;
  if ((word & 0xffc00000) == 0x91000000) return add12;
  if ((word & 0x3b000000) == 0x39000000) return load12;
  if ((word & 0xff000010) == 0x54000000 || (word & 0x7e000000) == 0x34000000 || (word & 0xbf000000) == 0x18000000) return imm19;
  if ((word & 0x7e000000) == 0x36000000) return imm14;
  if ((word & 0x9f000000) == 0x10000000) return adr;
  return 7;
}

/** Signed displacement of a branch or ADR in bytes, or of an ADRP in pages of 4096 bytes. */
// @ts-ignore: decorator
@inline
export function armDisplacement(kind: u32, word: u32): u32 {
  if (kind == imm26) return <u32>(<i32>(word << 6) >> 4);
  if (kind == imm19) return <u32>((<i32>(word << 8) >> 13) << 2);
  if (kind == imm14) return <u32>((<i32>(word << 13) >> 18) << 2);
  return <u32>((<i32>(word << 8) >> 13) << 2) | ((word >>> 29) & 3);
}

/** What a load, store or ADD adds to the page, in bytes. */
// @ts-ignore: decorator
@inline
export function armOffset(kind: u32, word: u32): u32 {
  const value = (word >>> 10) & 0xfff;
  return kind == add12 ? value : value << armScale(word);
}

/** log2 of the size that a load or store scales its offset by. */
// @ts-ignore: decorator
@inline
export function armScale(word: u32): u32 {
  const size = word >>> 30;
  return (word & 0x04800000) == 0x04800000 && size == 0 ? 4 : size;
}

const pages: usize = memory.data(32 * 8);

/** Sweep `length` bytes at `from`, whose first is at file offset `offset`, four-byte aligned; state carries over. */
export function sweepArm64(from: usize, offset: u32, length: u32, first: bool): void {
  if (first) memory.fill(pages, 0, 32 * 8);
  for (let i: u32 = 0; i + 4 <= length; i += 4) {
    const word = load<u32>(from + <usize>i);
    const kind = armKind(word);
    if (kind == 7) continue;
    const here = offset + i;
    const address = regionAddress(here);
    if (kind <= imm14) {
      if (inCode(address + armDisplacement(kind, word))) mark(here, kind);
    } else if (kind == adr) {
      if (inImage(address + armDisplacement(kind, word))) mark(here, kind);
    } else if (kind == adrp) {
      const entry = pages + (<usize>(word & 31) << 3);
      const page = (address & 0xfffff000) + (armDisplacement(kind, word) << 12);
      if (inImage(page) || inImage(page + 0xfff)) {
        mark(here, kind);
        store<u32>(entry, page);
        store<u32>(entry, here + 1, 4);
      } else store<u32>(entry, 0, 4);
    } else {
      const entry = pages + (<usize>((word >>> 5) & 31) << 3);
      const set = load<u32>(entry, 4);
      if (set != 0 && here + 1 - set <= reach << 2 && inImage(load<u32>(entry) + armOffset(kind, word))) mark(here, kind);
    }
  }
}
