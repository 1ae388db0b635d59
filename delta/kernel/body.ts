// The body of a patch: walks the covers in the order of the new file and codes what the projected base does not tell.
// The same walk encodes and decodes; when encoding, the frame already holds the new bytes.
import { baseRun, basePointer } from './base';
import { add12, adr, adrp, armDisplacement, armKind, armOffset, armScale, imm14, imm19, imm26, load12, reach } from './arm64';
import { code, codeBit, codeNumber, freshSlots, mode, setTopic } from './coder';
import { inImage, useImage } from './image';
import { mapAddress } from './map';
import { codeByte, context, freshBeliefs, freshTable, freshWeights } from './mixer';

// Covers, 12 bytes each: literal bytes before it, length, offset in the base.
let covers: usize = 0;
let coverCount: u32 = 0;
let cover: u32 = 0;
let literals: u32 = 0;
let left: u32 = 0;
let old: u32 = 0;
let tail: u32 = 0;

// Regions, 144 bytes each: offset, length, rule, address minus offset; then for each of 8 codes: width in bits of the
// field and bits of the value (u32 width, u32 bits), base of the values in the old and the new image (i64 relative).
let regions: usize = 0;
let regionCount: u32 = 0;
let region: usize = 0;
let marks: usize = 0;
let baseSize: u32 = 0;

// Segments of the new image: 16 bytes each, file offset, file size, address, unused.
let places: usize = 0;
let placeCount: u32 = 0;
let place: usize = 0;

export const regionBytes: u32 = 16 + 8 * 24;

// Models.
const recordCount: u32 = 1 << 16;
const memos: usize = memory.data((1 << 16) * 12, 16);
const literalBits: u32 = 22;
const diffBits: u32 = 18;
let literalTable: usize = 0;
const diffTable: usize = memory.data((1 << 18) * 4, 64);
const literalInputs: u32 = 7;
const literalWindow: u32 = 1 << 24;
let window: usize = 0;
let recent: usize = 0;
let written: u32 = 0;
let matchAt: u32 = 0;
let matchLength: u32 = 0;
const diffInputs: u32 = 7;
const literalWeights: usize = memory.data(4 * 256 * 16, 16);
const diffWeights: usize = memory.data(4 * 256 * 16, 16);
const hitSlots: usize = memory.data(64 * 64 * 4, 16);
const missSlots: usize = memory.data(64 * 16 * 4, 16);
const deltaModels: usize = memory.data(64 * 328 * 4, 16);
const gapModels: usize = memory.data(3 * 144 * 328 * 4, 16);
const tally: usize = memory.data(256 * 4, 16);
const noiseSlot: usize = memory.data(4, 16);
const lanes: usize = memory.data(8);
let history: u32 = 0;

// The jump table last read from: its first entry and its last read one.
let jumpTable: u32 = 0;
let jumpAt: u32 = 0;

// Plain bytes: how many more are as the base has them.
let gap: u32 = 0;
let gap1: u32 = 0;
let gap2: u32 = 0;
let difference1: u32 = 0;
let difference2: u32 = 0;
let gapClass: u32 = 0;

// Literal history.
let h4: u32 = 0;
let h8: u32 = 0;

// Gaps found by a counting walk (mode 2) and read back when encoding.
let gaps: usize = 0;
let gapCount: u32 = 0;
let gapLimit: u32 = 0;
let gapAt: u32 = 0;
let equal: u32 = 0;


/** How much memory the large models take. */
export function modelBytes(): u32 { return (4 << literalBits) + (4 << 20) + literalWindow; }

/** Where the large models are, aligned to 64; anything may be there before. */
export function useModels(at: usize): void {
  literalTable = at;
  recent = at + (4 << literalBits);
  window = recent + (4 << 20);
}

export function startBody(
  coverTable: usize, covers_: u32, tailLiterals: u32, regionTable: usize, regions_: u32, bitmap: usize, size: u32,
  placeTable: usize, places_: u32, gapTable: usize, gapRoom: u32,
): void {
  covers = coverTable; coverCount = covers_; cover = 0; left = 0; literals = 0; old = 0; tail = tailLiterals;
  regions = regionTable; regionCount = regions_; region = regionTable; marks = bitmap; baseSize = size;
  places = placeTable; placeCount = places_; place = placeTable;
  memory.fill(memos, 0, recordCount * 12);
  freshTable(literalTable, literalBits);
  freshTable(diffTable, diffBits);
  freshWeights(literalWeights, literalInputs);
  freshWeights(diffWeights, diffInputs);
  freshBeliefs();
  memory.fill(recent, 0, (1 << 20) * 4);
  written = 0; matchAt = 0; matchLength = 0;
  freshSlots(hitSlots, 64 * 64);
  freshSlots(missSlots, 64 * 16);
  freshSlots(deltaModels, 64 * 328);
  freshSlots(gapModels, 3 * 144 * 328);
  store<u64>(lanes, 0);
  jumpAt = 0; jumpTable = 0; blockLeft = 0; spelled = 0;
  freshSlots(noiseSlot, 1);
  history = 0; gap1 = 0; gap2 = 0; difference1 = 0; difference2 = 0; gapClass = 0; h4 = 0; h8 = 0;
  gaps = gapTable; gapAt = 0; equal = 0;
  if (mode == 2) { gapCount = 0; gapLimit = gapRoom; }
  nextCover();
  nextGap();
}

function nextCover(): void {
  if (cover < coverCount) {
    const entry = covers + <usize>(cover * 12);
    literals = load<u32>(entry);
    left = load<u32>(entry, 4);
    old = load<u32>(entry, 8);
  } else if (cover == coverCount) { literals = tail; left = 0; }
  cover++;
}

/** The last difference at this offset modulo 8. */
function lane(offset: u32): u32 { return load<u8>(lanes + <usize>(offset & 7)); }

function small(value: u32): u32 { return value < 8 ? value : value < 16 ? 8 : value < 64 ? 9 : value < 1024 ? 10 : 11; }

/** The distance to the next plain byte that differs. */
function nextGap(): void {
  if (mode == 2) return;
  const model = gapModels + <usize>((gapClass * 144 + small(gap1) * 12 + small(gap2)) * 328 * 4);
  let value: u32 = 0;
  if (mode == 1) value = gapAt < gapCount ? load<u32>(gaps + (<usize>gapAt << 2)) : 0x7fffffff;
  setTopic(1 + gapClass);
  gap = codeNumber(model, value, 255);
  if (mode == 1) gapAt++;
  gap2 = gap1;
  gap1 = gap;
}

/** End of a counting walk: how many gaps there are. */
export function gapTotal(): u32 { return gapCount; }

/** Fill the frame at `to` with `length` bytes, the first of which is at `position` of the new file. Returns how many bytes were written, up to 7 more than asked. */
export function runBody(to: usize, position: u32, length: u32): u32 {
  let done: u32 = 0;
  while (done < length) {
    if (literals > 0) {
      const count = min(literals, length - done);
      runLiterals(to + <usize>done, count);
      literals -= count;
      done += count;
    } else if (left > 0) {
      done += runCover(to + <usize>done, position + done, length - done);
    } else if (cover <= coverCount) nextCover();
    else break;
  }
  return done;
}

/** Literal bytes since it was last told whether they are as they are or modelled. */
const literalBlock: u32 = 4096;
let blockLeft: u32 = 0;
let spelled: u32 = 0;

/** Whether `count` bytes look like noise: no byte value is much more frequent than the others. */
function noise(from: usize, count: u32): bool {
  memory.fill(tally, 0, 256 * 4);
  for (let i: u32 = 0; i < count; i++) {
    const slot = tally + (<usize>load<u8>(from + <usize>i) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let sum: u32 = 0;
  for (let i: u32 = 0; i < 256; i++) { const n = load<u32>(tally + (<usize>i << 2)); sum += n * n; }
  // Noise has count + count^2 / 256 on average.
  return count >= 1024 && sum < count + count * count / 240;
}

function runLiterals(to: usize, count: u32): void {
  if (mode == 2) return;
  setTopic(0);
  for (let i: u32 = 0; i < count; i++) {
    if (blockLeft == 0) {
      blockLeft = literalBlock;
      spelled = codeBit(noiseSlot, mode == 1 ? u32(noise(to + <usize>i, min(literalBlock, count - i))) : 0, 255);
    }
    blockLeft--;
    const spot = to + <usize>i;
    if (spelled) {
      let value: u32 = load<u8>(spot);
      for (let k = 7; k >= 0; k--) {
        const bit = code(32768, (value >>> k) & 1);
        value = (value & ~((<u32>1) << k)) | (bit << k);
      }
      store<u8>(spot, <u8>value);
      continue;
    }
    const expected: u32 = matchLength > 0 ? 256 | <u32>load<u8>(window + <usize>(matchAt & (literalWindow - 1))) : 0;
    context(0, (h4 & 0xff00) + 0x10000);
    context(1, h4 & 0xff);
    context(2, (h4 & 0xffff) * 0x2c1b3c6d + 1);
    context(3, (h4 & 0xffffff) * 0x297a2d39 + 2);
    context(4, h4 * 0x1b873593 + 3);
    context(5, (h4 * 0x9e3779b1 ^ (h8 & 0xffff) * 0x85ebca6b) + 4);
    context(6, ((h4 & 0xff0000ff) ^ (h8 & 0xff) * 0x10000) * 0x9e3779b1 + 6);
    const byte = codeByte(literalTable, literalBits, literalWeights, literalInputs, load<u8>(spot), 24, expected, matchLength < 16 ? matchLength : 16 + min((matchLength - 16) >>> 3, 15));
    store<u8>(spot, <u8>byte);
    remember(byte);
    h8 = (h8 << 8) | (h4 >>> 24);
    h4 = (h4 << 8) | byte;
  }
}

/** Put a literal byte into the window and follow or look for a match. */
function remember(byte: u32): void {
  store<u8>(window + <usize>(written & (literalWindow - 1)), <u8>byte);
  written++;
  if (matchLength > 0 && load<u8>(window + <usize>(matchAt & (literalWindow - 1))) == byte) { matchLength++; matchAt++; } else matchLength = 0;
  const tail = (h4 << 8) | byte;
  const slot = recent + (<usize>((tail * 0x9e3779b1 + ((h8 << 8 | h4 >>> 24) & 0xffff) * 0x85ebca6b) >>> 12) << 2);
  if (matchLength == 0) {
    matchAt = load<u32>(slot);
    if (matchAt > 0 && written - matchAt < literalWindow) {
      while (matchLength < 32 && matchLength < matchAt && load<u8>(window + <usize>((matchAt - 1 - matchLength) & (literalWindow - 1))) == load<u8>(window + <usize>((written - 1 - matchLength) & (literalWindow - 1)))) matchLength++;
    }
  }
  store<u32>(slot, written);
}

/** Offset of the first mark in [from, until), or `until`. */
function nextMark(from: u32, until: u32): u32 {
  let at = from;
  while (at < until) {
    const bits = load<u64>(marks + <usize>(at >>> 3)) >>> (at & 7);
    if (bits != 0) {
      at += <u32>ctz(bits);
      return min(at, until);
    }
    at += 64 - (at & 7);
  }
  return until;
}

function findRegion(offset: u32): bool {
  if (offset - load<u32>(region) < load<u32>(region, 4)) return true;
  for (let i: u32 = 0; i < regionCount; i++) {
    const entry = regions + <usize>(i * regionBytes);
    if (offset - load<u32>(entry) < load<u32>(entry, 4)) { region = entry; return true; }
  }
  return false;
}

/** Address in the new image of an offset in the new file. */
function newAddress(position: u32): u32 {
  if (position - load<u32>(place) < load<u32>(place, 4)) return position + load<u32>(place, 8);
  for (let i: u32 = 0; i < placeCount; i++) {
    const entry = places + (<usize>i << 4);
    if (position - load<u32>(entry) < load<u32>(entry, 4)) { place = entry; return position + load<u32>(entry, 8); }
  }
  return position;
}

/** Copy from the current cover, at most about `room` bytes; a reference that begins within is done whole. */
function runCover(to: usize, position: u32, room: u32): u32 {
  const span = min(left, room);
  let done: u32 = 0;
  while (done < span) {
    const start = old + done;
    const at = regionCount ? nextMark(start, old + span) : old + span;
    if (at > start) { runPlain(to + <usize>done, start, at - start); done = at - old; }
    if (done >= span) break;
    const kindCode: u32 = (load<u16>(marks + <usize>(at >>> 3)) >>> (at & 7)) >>> 1 & 7;
    const size = findRegion(at) ? load<u32>(region + 16 + <usize>(kindCode * 24)) : 0;
    if (size != 0 && done + size <= left) {
      runReference(to + <usize>done, at, position + done, kindCode);
      done += size;
      continue;
    }
    // Cut off by the end of the cover: the rest, fewer than eight bytes, is plain.
    runPlain(to + <usize>done, at, left - done);
    done = left;
  }
  old += done;
  left -= done;
  return done;
}

/** Plain bytes: as in the base, but for the differences. */
function runPlain(to: usize, from: u32, count: u32): void {
  let done: u32 = 0;
  while (done < count) {
    const source = basePointer(from + done);
    let run = min(count - done, baseRun(from + done));
    if (mode == 2) { countPlain(to + <usize>done, source, run); done += run; continue; }
    if (gap >= run) {
      if (mode == 0) memory.copy(to + <usize>done, source, run);
      gap -= run;
      done += run;
      continue;
    }
    if (gap > 0) {
      if (mode == 0) memory.copy(to + <usize>done, source, gap);
      done += gap;
    }
    const predicted: u32 = load<u8>(source + <usize>gap);
    gapClass = findRegion(from + done) ? (load<u32>(region, 8) <= 2 ? 1 : 2) : 0;
    const kind = gapClass;
    const spot = to + <usize>done;
    setTopic(4 + gapClass);
    const g = min(gap1, 15);
    context(0, kind << 2 | ((from + done) & 3));
    context(5, (lane(from + done) << 8 | predicted) * 0x2545f491 + 11);
    context(6, lane(from + done) << 4 | g);
    context(1, predicted * 0x2c1b3c6d + kind);
    context(2, (difference1 << 8 | g) * 0x297a2d39 + 7);
    context(3, (difference1 << 16 | difference2 << 8 | g) * 0x1b873593 + 9);
    context(4, (predicted << 8 | difference1) * 0x9e3779b1 + 5);
    const byte = codeByte(diffTable, diffBits, diffWeights, diffInputs, (load<u8>(spot) - predicted) & 255, 127, 0, 0);
    store<u8>(spot, <u8>(predicted + byte));
    difference2 = difference1;
    difference1 = byte;
    store<u8>(lanes + <usize>((from + done) & 7), <u8>byte);
    done++;
    nextGap();
  }
}

/** Mode 2: note the gaps. */
function countPlain(to: usize, source: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    if (load<u8>(to + <usize>i) == load<u8>(source + <usize>i)) { equal++; continue; }
    if (gapCount < gapLimit) store<u32>(gaps + (<usize>gapCount << 2), equal);
    gapCount++;
    equal = 0;
  }
}

/** The full target of an ADRP: its page and what the first use adds. */
function adrpTarget(at: u32, word: u32, address: u32): u32 {
  const page = (address & 0xfffff000) + (armDisplacement(adrp, word) << 12);
  const register = word & 31;
  for (let i: u32 = 1; i <= reach; i++) {
    if (at + (i << 2) + 4 > baseSize) break;
    const next = load<u32>(basePointer(at + (i << 2)));
    const kind = armKind(next);
    if (kind == adrp && (next & 31) == register) break;
    if ((kind == add12 || kind == load12) && ((next >>> 5) & 31) == register) return page + armOffset(kind, next);
  }
  return page;
}

/** The page that the base register of an instruction at `at` was set to. */
function pageBefore(at: u32, register: u32, distance: u32): u32 {
  for (let i: u32 = 1; i <= reach && i << 2 <= at; i++) {
    const word = load<u32>(basePointer(at - (i << 2)));
    if (armKind(word) == adrp && (word & 31) == register) {
      return ((at - (i << 2) + distance) & 0xfffff000) + (armDisplacement(adrp, word) << 12);
    }
  }
  return 0;
}

/** Code whether a target is where it is expected, and where else it is; returns the target. */
function codeTarget(kind: u32, target: u32, actual: u32, same: u32): u32 {
  const mapped = mapAddress(target);
  const memo = memos + <usize>(((target * 0x9e3779b1) >>> 16) * 12);
  const known = load<u32>(memo) == target + 1;
  const strength = known ? min(load<u32>(memo, 8), 2) + 1 : 0;
  const first = known ? load<u32>(memo, 4) : mapped;
  let result = first;
  const slot = hitSlots + <usize>((kind * 64 + strength * 16 + (history & 15)) << 2);
  setTopic(8);
  const hit = codeBit(slot, u32(actual == first), 1023);
  history = (history << 1) | (hit ^ 1);
  if (hit == 0) {
    setTopic(16 + kind);
    const miss = missSlots + <usize>((kind * 16 + strength * 4) << 2);
    let found = false;
    if (known && first != mapped) {
      if (codeBit(miss, u32(actual == mapped), 255)) { result = mapped; found = true; }
    }
    if (!found) {
      if (codeBit(miss + 4, u32(actual == same), 255)) result = same;
      else {
        const model = deltaModels + <usize>(kind * 328 * 4);
        const delta = actual - mapped;
        const zigzag = codeNumber(model, (delta << 1) ^ <u32>(<i32>delta >> 31), 255);
        result = mapped + ((zigzag >>> 1) ^ -(zigzag & 1));
      }
    }
  }
  if (known) {
    if (load<u32>(memo, 4) == result) store<u32>(memo, load<u32>(memo, 8) + 1, 8);
    else { store<u32>(memo, result, 4); store<u32>(memo, 0, 8); }
  } else if (result != mapped) {
    store<u32>(memo, target + 1);
    store<u32>(memo, result, 4);
    store<u32>(memo, 0, 8);
  }
  return result;
}

function runReference(to: usize, at: u32, position: u32, kindCode: u32): void {
  if (mode == 2) return;
  const rule = load<u32>(region, 8);
  const source = basePointer(at);
  const distance = load<u32>(region, 12);
  if (rule == 1 && kindCode != 6) {
    const tail: u32 = kindCode == 1 ? 5 : kindCode == 2 ? 6 : kindCode == 3 ? 8 : 4;
    const value = load<u32>(source);
    const target = at + distance + tail + value;
    const here = newAddress(position) + tail;
    const result = codeTarget(kindCode, target, load<u32>(to) + here, value + here);
    store<u32>(to, result - here);
    return;
  }
  if (rule == 2) { runArm(to, at, position, kindCode, load<u32>(source), distance); return; }
  if (rule == 4 && kindCode != 0) { runJump(to, at, kindCode, load<u32>(source), distance); return; }
  const field = region + 16 + <usize>((rule == 1 ? 0 : kindCode) * 24);
  const width = load<u32>(field);
  const self = load<u32>(field, 4) == 0;
  const kind: u32 = rule == 1 ? 6 : 16 + (rule << 2) + min(kindCode, 3);
  if (width == 4) {
    const value = load<u32>(source);
    const oldBase = self ? at + distance : <u32>load<u64>(field, 8);
    const newBase = self ? newAddress(position) : <u32>load<u64>(field, 16);
    store<u32>(to, codeTarget(kind, value + oldBase, load<u32>(to) + newBase, value + newBase) - newBase);
    return;
  }
  const bits = <u64>load<u32>(field, 4);
  const mask: u64 = bits >= 64 ? 0xffffffffffffffff : (1 << bits) - 1;
  const value = load<u64>(source);
  const oldBase = load<u64>(field, 8);
  const newBase = load<u64>(field, 16);
  const address = (value & mask) + oldBase;
  const next = load<u64>(to);
  const reachable = u32((next & ~mask) == (value & ~mask) && ((next & mask) + newBase) < 0x80000000 && address < 0x80000000);
  // Not an address in the new file, or other high bits: eight bytes as they are.
  if (codeBit(missSlots + <usize>((kind * 16 + 15) << 2), reachable, 255)) {
    const result = codeTarget(kind, <u32>address, <u32>((next & mask) + newBase), <u32>((value & mask) + newBase));
    store<u64>(to, (value & ~mask) | ((<u64>result - newBase) & mask));
  } else runSpelled(to, source, 8);
}

/** An entry of a jump table: the table is the last first entry before it. */
function runJump(to: usize, at: u32, kindCode: u32, value: u32, distance: u32): void {
  if (kindCode == 1) jumpTable = at;
  else if (at != jumpAt + 4) {
    jumpTable = at;
    // A bound, so that time stays in proportion to the output.
    for (let i = 0; i < 1024 && jumpTable >= 4 && ((load<u16>(marks + <usize>(jumpTable >>> 3)) >>> (jumpTable & 7)) & 15) == 5; i++) jumpTable -= 4;
  }
  jumpAt = at;
  const start = jumpTable + distance;
  const moved = mapAddress(start);
  store<u32>(to, codeTarget(7, start + value, load<u32>(to) + moved, value + moved) - moved);
}

/** Bytes of a reference that is none any more. */
function runSpelled(to: usize, source: usize, count: u32): void {
  if (mode == 2) return;
  setTopic(9);
  for (let i: u32 = 0; i < count; i++) {
    const predicted: u32 = load<u8>(source + <usize>i);
    context(0, 0x100 + i);
    context(1, predicted * 0x2c1b3c6d + i + 0x101);
    context(2, 0x200 + i);
    context(3, 0x300 + i);
    context(4, (predicted << 8 | difference1) * 0x9e3779b1 + 6);
    context(5, 0x400 + i);
    context(6, 0x500 + i);
    const byte = codeByte(diffTable, diffBits, diffWeights, diffInputs, (load<u8>(to + <usize>i) - predicted) & 255, 127, 0, 0);
    store<u8>(to + <usize>i, <u8>(predicted + byte));
    difference2 = difference1;
    difference1 = byte;
  }
}

function fieldMask(kind: u32): u32 {
  if (kind == imm26) return 0x03ffffff;
  if (kind == imm19) return 0x00ffffe0;
  if (kind == imm14) return 0x0007ffe0;
  if (kind == adrp || kind == adr) return 0x60ffffe0;
  return 0x003ffc00;
}

function runArm(to: usize, at: u32, position: u32, kind: u32, word: u32, distance: u32): void {
  const mask = fieldMask(kind);
  const next = load<u32>(to);
  const miss = missSlots + <usize>(((8 + kind) * 16 + 15) << 2);
  if (codeBit(miss, u32((next & ~mask) == (word & ~mask)), 255) == 0) { runSpelled(to, basePointer(at), 4); return; }
  const address = at + distance;
  const here = newAddress(position);
  const slot = 8 + kind;
  if (kind == adrp) {
    const page = (here & 0xfffff000);
    // The page is coded; the offset within it is that of the old target, moved.
    const target = adrpTarget(at, word, address);
    const mapped = mapAddress(target);
    const actual = page + (armDisplacement(adrp, next) << 12);
    const raw = page + (armDisplacement(adrp, word) << 12);
    const result = codePage(slot, target, mapped & 0xfffff000, actual & 0xfffff000, raw & 0xfffff000);
    const signed = <u32>(<i32>(result - page) >> 12);
    store<u32>(to, (word & ~mask) | ((signed & 3) << 29) | (((signed >>> 2) & 0x7ffff) << 5));
    return;
  }
  if (kind == add12 || kind == load12) {
    const scale = kind == add12 ? 0 : armScale(word);
    const target = pageBefore(at, (word >>> 5) & 31, distance) + armOffset(kind, word);
    const expected = (mapAddress(target) & 0xfff) >>> scale;
    const result = codeLow(slot, expected, (next >>> 10) & 0xfff, (word >>> 10) & 0xfff);
    store<u32>(to, (word & ~mask) | (result << 10));
    return;
  }
  const target = address + armDisplacement(kind, word);
  const same = here + armDisplacement(kind, word);
  const result = codeTarget(slot, target, here + armDisplacement(kind, next), same) - here;
  if (kind == imm26) store<u32>(to, (word & ~mask) | ((result >>> 2) & 0x03ffffff));
  else if (kind == imm19) store<u32>(to, (word & ~mask) | (((result >>> 2) & 0x7ffff) << 5));
  else if (kind == imm14) store<u32>(to, (word & ~mask) | (((result >>> 2) & 0x3fff) << 5));
  else store<u32>(to, (word & ~mask) | ((result & 3) << 29) | (((result >>> 2) & 0x7ffff) << 5));
}

function codePage(kind: u32, target: u32, expected: u32, actual: u32, same: u32): u32 {
  return codeTargetAt(kind, target, expected, actual, same);
}

function codeLow(kind: u32, expected: u32, actual: u32, same: u32): u32 {
  if (codeBit(hitSlots + <usize>((kind * 64 + (history & 15)) << 2), u32(actual == expected), 1023)) {
    history <<= 1;
    return expected;
  }
  history = (history << 1) | 1;
  setTopic(16 + kind);
  if (codeBit(missSlots + <usize>((kind * 16 + 1) << 2), u32(actual == same), 255)) return same;
  const delta = actual - expected;
  const zigzag = codeNumber(deltaModels + <usize>(kind * 328 * 4), (delta << 1) ^ <u32>(<i32>delta >> 31), 255);
  return (expected + ((zigzag >>> 1) ^ -(zigzag & 1))) & 0xfff;
}

/** As codeTarget for a page whose prediction is given. */
function codeTargetAt(kind: u32, target: u32, expected: u32, actual: u32, same: u32): u32 {
  if (codeBit(hitSlots + <usize>((kind * 64 + (history & 15)) << 2), u32(actual == expected), 1023)) {
    history <<= 1;
    return expected;
  }
  history = (history << 1) | 1;
  setTopic(16 + kind);
  if (codeBit(missSlots + <usize>((kind * 16 + 1) << 2), u32(actual == same), 255)) return same;
  const delta = <u32>(<i32>(actual - expected) >> 12);
  const zigzag = codeNumber(deltaModels + <usize>(kind * 328 * 4), (delta << 1) ^ <u32>(<i32>delta >> 31), 255);
  return expected + (((zigzag >>> 1) ^ -(zigzag & 1)) << 12);
}
