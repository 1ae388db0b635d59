// Images for matching: every reference is replaced by a hash of what it refers to, so that code which only moved becomes
// equal code. Only the encoder does this.
import { add12, adrp, armDisplacement, armKind, armOffset, imm14, imm19, imm26, reach } from './arm64';
import { mapAddress } from './map';

const pages: usize = memory.data(32 * 8);
const regionBytes: u32 = 16 + 8 * 24;

/** Address of the jump table last begun. */
let table: u32 = 0;

/** 0 masks references, 1 labels them by the base's map (old side), 2 by themselves (new side). */
let labels: u32 = 0;

// @ts-ignore: decorator
@inline
function label(target: u32): u32 {
  if (labels == 0) return 0;
  let h = (labels == 1 ? mapAddress(target) : target) * 0x9e3779b1;
  h ^= h >>> 15;
  return h * 0x85ebca6b;
}

export function normalise(image: usize, size: u32, marks: usize, regionTable: usize, regionTotal: u32, how: u32): void {
  labels = how;
  for (let i: u32 = 0; i < regionTotal; i++) {
    const region = regionTable + <usize>(i * regionBytes);
    const from = load<u32>(region);
    const until = from + load<u32>(region, 4);
    memory.fill(pages, 0, 32 * 8);
    let at = from;
    while (at < until) {
      const bits = load<u64>(marks + <usize>(at >>> 3)) >>> (at & 7);
      if (bits == 0) { at += 64 - (at & 7); continue; }
      at += <u32>ctz(bits);
      if (at >= until) break;
      const code: u32 = (load<u16>(marks + <usize>(at >>> 3)) >>> (at & 7)) >>> 1 & 7;
      at += replace(image, size, region, at, code);
    }
  }
}

function replace(image: usize, size: u32, region: usize, at: u32, code: u32): u32 {
  const rule = load<u32>(region, 8);
  const distance = load<u32>(region, 12);
  const spot = image + <usize>at;
  if (rule == 1 && code != 6) {
    const tail: u32 = code == 1 ? 5 : code == 2 ? 6 : code == 3 ? 8 : 4;
    store<u32>(spot, label(at + distance + tail + load<u32>(spot)));
    return 4;
  }
  if (rule == 2) { replaceArm(image, size, at, code, distance); return 4; }
  if (rule == 4 && code != 0) {
    if (code == 1) table = at + distance;
    store<u32>(spot, label(table + load<u32>(spot)));
    return 4;
  }
  const field = region + 16 + <usize>((rule == 1 ? 0 : code) * 24);
  const bits = <u64>load<u32>(field, 4);
  const side: usize = labels == 2 ? 16 : 8;
  const base = load<u64>(field + side);
  if (load<u32>(field) == 4) {
    const value = load<u32>(spot);
    store<u32>(spot, label(value + (bits == 0 ? at + distance : <u32>base)));
    return 4;
  }
  const mask: u64 = bits >= 64 ? 0xffffffffffffffff : (1 << bits) - 1;
  const value = load<u64>(spot);
  store<u64>(spot, (value & ~mask) | (<u64>label(<u32>((value & mask) + base)) & mask));
  return 8;
}

function replaceArm(image: usize, size: u32, at: u32, kind: u32, distance: u32): void {
  const spot = image + <usize>at;
  const word = load<u32>(spot);
  const address = at + distance;
  if (kind == adrp) {
    const page = (address & 0xfffff000) + (armDisplacement(kind, word) << 12);
    let target = page;
    for (let i: u32 = 1; i <= reach; i++) {
      if (at + (i << 2) + 4 > size) break;
      const next = load<u32>(spot + <usize>(i << 2));
      const other = armKind(next);
      if (other == adrp && ((next ^ word) & 31) == 0) break;
      if ((other == add12 || other == add12 + 1) && ((next >>> 5) & 31) == (word & 31)) { target = page + armOffset(other, next); break; }
    }
    store<u32>(pages + (<usize>(word & 31) << 3), page);
    const h = label(target);
    store<u32>(spot, (word & 0x9f00001f) | (h & 0x60ffffe0));
    return;
  }
  if (kind == add12 || kind == add12 + 1) {
    const target = load<u32>(pages + (<usize>((word >>> 5) & 31) << 3)) + armOffset(kind, word);
    store<u32>(spot, (word & 0xffc003ff) | (label(target) & 0x003ffc00));
    return;
  }
  const h = label(address + armDisplacement(kind, word));
  const mask: u32 = kind == imm26 ? 0x03ffffff : kind == imm19 ? 0x00ffffe0 : kind == imm14 ? 0x0007ffe0 : 0x60ffffe0;
  store<u32>(spot, (word & ~mask) | (h & mask));
}
