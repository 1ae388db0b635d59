// References in x86-64 machine code, found by a linear sweep: each instruction's length is looked up, never its meaning.
import { inCode, inImage, mark, noteTable, regionAddress } from './image';

// One letter per opcode: what follows it.
//   . nothing   m ModRM   1 imm8   2 imm16   4 imm16/32   M ModRM+imm8   Z ModRM+imm16/32   v imm16/32/64   a moffs
//   e imm16+imm8   t ModRM, imm8 when reg < 2   T ModRM, imm16/32 when reg < 2   r rel32   p prefix   x REX   ! invalid
//   c C4   C C5   E 62   o 0F
const one: string =
  'mmmm14!!mmmm14!o' + 'mmmm14!!mmmm14!!' + 'mmmm14p!mmmm14p!' + 'mmmm14p!mmmm14p!' +
  'xxxxxxxxxxxxxxxx' + '................' + '!!Emppp' + 'p4Z1M....' + '1111111111111111' +
  'MZ!Mmmmmmmmmmmmm' + '..........!.....' + 'aaaa....14......' + '11111111vvvvvvvv' +
  'MM2.cCMZe.2..1!.' + 'mmmm!!!.mmmmmmmm' + '11111111rr!1....' + 'p.pp..tT......mm';
const two: string =
  'mmmm!...' + '..!.!m.M' + 'mmmmmmmmmmmmmmmm' + 'mmmmmmmmmmmmmmmm' + '........!!!!!!!!' +
  'mmmmmmmmmmmmmmmm' + 'mmmmmmmmmmmmmmmm' + 'mmmmmmmmmmmmmmmm' + 'MMMMmmm.mmmmmmmm' +
  'rrrrrrrrrrrrrrrr' + 'mmmmmmmmmmmmmmmm' + '...mMmmm...mMmmm' + 'mmmmmmmmmmMmmmmm' +
  'mmMmMMMm........' + 'mmmmmmmmmmmmmmmm' + 'mmmmmmmmmmmmmmmm' + 'mmmmmmmmmmmmmmmm';

const oneTable: usize = memory.data(256);
const twoTable: usize = memory.data(256);

// What the letters become: below 16 plain instructions, 8 for ModRM plus the bytes of the immediate, 4 of which are 2 after
// prefix 66; above that what needs a closer look.
const prefix: u32 = 16;
const rex: u32 = 17;
const escape: u32 = 18;
const vex3: u32 = 19;
const vex2: u32 = 20;
const evex: u32 = 21;
const relative: u32 = 22;
const wideImmediate: u32 = 23;
const address: u32 = 24;
const test8: u32 = 25;
const test32: u32 = 26;
const letters: string = '.m124MZepxocCErvatT!';
const meanings: usize = memory.data<u8>([0, 8, 1, 2, 4, 9, 12, 3, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]);

function meaning(letter: i32): u32 {
  for (let i = 0; i < letters.length; i++) if (letters.charCodeAt(i) == letter) return load<u8>(meanings + i);
  return 27;
}

export function prepareX86(): void {
  for (let i = 0; i < 256; i++) {
    store<u8>(oneTable + i, <u8>meaning(one.charCodeAt(i)));
    store<u8>(twoTable + i, <u8>meaning(two.charCodeAt(i)));
  }
}

/**
 * Sweep the bytes at `from`, whose first is at file offset `offset`. Instructions that start before `limit` are looked at;
 * 16 readable bytes lie behind it. `until` is the end of the region. Where `absolute`, the image's own address, is not 0,
 * four-byte immediates and displacements that are addresses count as well. Returns where the next instruction starts.
 */
export function sweepX86(from: usize, offset: u32, limit: u32, until: u32, absolute: u32): u32 {
  const base: usize = from - <usize>offset;
  let at: u32 = offset;
  while (at < limit) {
    const start = at;
    let small = false;
    let wide = false;
    let short = false;
    let op: u32 = load<u8>(base + at);
    let kind: u32 = load<u8>(oneTable + op);
    if (kind == rex) {
      wide = (op & 8) != 0;
      at++;
      op = load<u8>(base + at);
      kind = load<u8>(oneTable + op);
    } else if (kind == prefix) {
      let prefixes = 0;
      while (kind == prefix && prefixes < 6) {
        if (op == 0x66) small = true; else if (op == 0x67) short = true;
        at++;
        prefixes++;
        op = load<u8>(base + at);
        kind = load<u8>(oneTable + op);
      }
      if (kind == rex) {
        wide = (op & 8) != 0;
        at++;
        op = load<u8>(base + at);
        kind = load<u8>(oneTable + op);
      }
    }
    at++;
    if (kind >= escape && kind <= evex) {
      if (kind == escape) {
        op = load<u8>(base + at);
        at++;
        if (op == 0x38) { at++; kind = 8; }
        else if (op == 0x3a) { at++; kind = 9; }
        else kind = load<u8>(twoTable + op);
      } else {
        let map: u32 = 1;
        if (kind == vex3) { map = load<u8>(base + at) & 31; at += 2; }
        else if (kind == vex2) at += 1;
        else { map = load<u8>(base + at) & 7; at += 3; }
        op = load<u8>(base + at);
        at++;
        if (map == 1) { kind = load<u8>(twoTable + op); if (kind == relative) kind = 8; }
        else kind = map == 3 ? 9 : 8;
      }
    }
    if (kind == 0) continue;
    let immediate: u32 = 0;
    let modrm = false;
    if (kind < 16) {
      modrm = (kind & 8) != 0;
      immediate = kind & 7;
      if (immediate == 4 && small) immediate = 2;
    } else if (kind == relative) {
      const target = regionAddress(at + 4) + load<u32>(base + at);
      if (at + 4 <= until && inCode(target)) { mark(at, op == 0xe8 ? 4 : 5); at += 4; }
      else at = start + 1;
      continue;
    } else if (kind == wideImmediate) immediate = wide ? 8 : small ? 2 : 4;
    else if (kind == address) immediate = short ? 4 : 8;
    else if (kind == test8 || kind == test32) {
      modrm = true;
      if ((load<u8>(base + at) & 0x38) < 0x10) immediate = kind == test8 ? 1 : small ? 2 : 4;
    } else { at = start + 1; continue; }
    if (modrm) {
      const form: u32 = load<u8>(base + at);
      at++;
      const mod = form >>> 6;
      if (mod != 3) {
        const rm = form & 7;
        if (mod == 0 && rm == 5) {
          const target = regionAddress(at + 4 + immediate) + load<u32>(base + at);
          if (at + 4 <= until && inImage(target)) {
            mark(at, immediate == 0 ? 0 : immediate == 1 ? 1 : immediate == 2 ? 2 : 3);
            if (op == 0x8d) noteTable(target);
          }
          at += 4;
        } else {
          let far = mod == 2;
          if (rm == 4) {
            const scale: u32 = load<u8>(base + at);
            at++;
            if (mod == 0 && (scale & 7) == 5) far = true;
          }
          if (far) {
            if (absolute != 0 && at + 4 <= until && inImage(load<u32>(base + at) - absolute)) mark(at, 6);
            at += 4;
          } else if (mod == 1) at += 1;
        }
      }
    }
    if (immediate == 4 && absolute != 0 && at + 4 <= until && inImage(load<u32>(base + at) - absolute)) mark(at, 6);
    at += immediate;
  }
  return at;
}
