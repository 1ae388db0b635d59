/** docs/formats/patch.md, "References": which bytes of the base refer to addresses. */
import { u32 } from './patch-coder.ts';
import type { Layout, Region } from './patch-file.ts';

export interface Reference {
  readonly offset: number;
  readonly width: number;
  readonly code: number;
  readonly region: Region;
}

export const addressIn = (region: Region, offset: number): number => u32(offset - region.offset + region.address);
export const word = (bytes: Uint8Array, at: number): number => u32((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24));
export const long = (bytes: Uint8Array, at: number): bigint => BigInt(word(bytes, at)) | (BigInt(word(bytes, at + 4)) << 32n);
const low32 = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** By offset. */
export function findReferences(base: Uint8Array, layout: Layout): ReadonlyMap<number, Reference> {
  const finder = new Finder(base, layout);
  const code = (region: Region): boolean => region.rule < 3;
  for (const region of [...layout.regions.filter(code), ...layout.regions.filter((region) => !code(region))]) finder.region(region);
  return finder.found;
}

class Finder {
  readonly found = new Map<number, Reference>();
  private readonly marks: Uint8Array;
  private readonly tables = new Set<number>();
  private readonly base: Uint8Array;
  private readonly layout: Layout;

  constructor(base: Uint8Array, layout: Layout) {
    this.base = base;
    this.layout = layout;
    this.marks = new Uint8Array(base.length + 8);
  }

  region(region: Region): void {
    [this.x86, this.arm64, this.records, this.data, this.frames, this.functions][region.rule - 1]?.call(this, region);
  }

  private add(region: Region, offset: number, width: number, code: number): void {
    this.found.set(offset, { offset, width, code, region });
    this.marks[offset] = 1;
    for (const bit of [0, 1, 2]) if (((code >> bit) & 1) === 1) this.marks[offset + 1 + bit] = 1;
  }

  private inImage(address: number): boolean {
    return this.layout.base.some((segment) => address >= segment.address && address < segment.address + segment.memory);
  }

  private isCode(address: number): boolean {
    return this.layout.base.some((segment) => segment.code && address >= segment.address && address < segment.address + segment.memory);
  }

  private x86(region: Region): void {
    for (let at = region.offset; at < region.offset + region.size; ) at = this.instruction(region, at);
  }

  private instruction(region: Region, start: number): number {
    const byte = (offset: number): number => this.base[offset] ?? 0;
    const end = region.offset + region.size;
    const [field] = region.fields;
    const absolute = (offset: number): void => {
      if (field !== undefined && offset + 4 <= end && this.inImage(u32(word(this.base, offset) + low32(field.base)))) this.add(region, offset, 4, 6);
    };
    let at = start;
    let [small, short, wide] = [false, false, false];
    let letter = one[byte(at)] as string;
    for (let prefixes = 0; letter === 'p' && prefixes < 6; prefixes += 1) {
      if (byte(at) === 0x66) small = true;
      if (byte(at) === 0x67) short = true;
      at += 1;
      letter = one[byte(at)] as string;
    }
    if (letter === 'x') {
      wide = (byte(at) & 8) !== 0;
      at += 1;
      letter = one[byte(at)] as string;
    }
    let opcode = byte(at);
    at += 1;
    if (letter === 'o') {
      opcode = byte(at);
      at += 1;
      letter = opcode === 0x38 ? 'm' : opcode === 0x3a ? 'M' : two[opcode] as string;
      if (opcode === 0x38 || opcode === 0x3a) at += 1;
    } else if (letter === 'c' || letter === 'C' || letter === 'E') {
      const map = letter === 'c' ? byte(at) & 31 : letter === 'C' ? 1 : byte(at) & 7;
      at += letter === 'c' ? 2 : letter === 'C' ? 1 : 3;
      opcode = byte(at);
      at += 1;
      letter = map === 1 ? two[opcode] as string : map === 3 ? 'M' : 'm';
      if (letter === 'r') letter = 'm';
    }
    if (letter === '.') return at;
    if (letter === 'r') {
      const target = u32(addressIn(region, at + 4) + word(this.base, at));
      if (at + 4 > end || !this.isCode(target)) return start + 1;
      this.add(region, at, 4, opcode === 0xe8 ? 4 : 5);
      return at + 4;
    }
    const four = small ? 2 : 4;
    const group = ((byte(at) >> 3) & 7) < 2;
    const immediates: Readonly<Record<string, number>> = { '1': 1, '2': 2, '4': four, 'v': wide ? 8 : four, 'a': short ? 4 : 8, 'e': 3, 'm': 0, 'M': 1, 'Z': four, 't': group ? 1 : 0, 'T': group ? four : 0 };
    const immediate = immediates[letter];
    if (immediate === undefined) return start + 1;
    if ('mMZtT'.includes(letter)) {
      const [mod, rm] = [byte(at) >> 6, byte(at) & 7];
      at += 1;
      if (mod === 0 && rm === 5) {
        const target = u32(addressIn(region, at + 4 + immediate) + word(this.base, at));
        if (at + 4 <= end && this.inImage(target)) {
          this.add(region, at, 4, Math.min(immediate, 3));
          if (opcode === 0x8d && target % 4 === 0) this.tables.add(target);
        }
        at += 4;
      } else if (mod !== 3) {
        let far = mod === 2;
        if (rm === 4) {
          if (mod === 0 && (byte(at) & 7) === 5) far = true;
          at += 1;
        }
        if (far) absolute(at);
        at += far ? 4 : mod === 1 ? 1 : 0;
      }
    }
    if (immediate === 4) absolute(at);
    return at + immediate;
  }

  private arm64(region: Region): void {
    const pages = new Map<number, { readonly page: number; readonly at: number }>();
    for (let at = region.offset; at + 4 <= region.offset + region.size; at += 4) {
      const w = word(this.base, at);
      const kind = armKind(w);
      const address = addressIn(region, at);
      if (kind === undefined) continue;
      if (kind === 3) {
        const page = u32((address & ~0xfff) + (armDisplacement(w, 3) << 12));
        if (this.inImage(page) || this.inImage(u32(page + 0xfff))) {
          this.add(region, at, 4, 3);
          pages.set(w & 31, { page, at });
        } else {
          pages.delete(w & 31);
        }
      } else if (kind === 4 || kind === 5) {
        const set = pages.get((w >>> 5) & 31);
        if (set !== undefined && at - set.at <= 64 && this.inImage(u32(set.page + armDisplacement(w, kind)))) this.add(region, at, 4, kind);
      } else {
        const target = u32(address + armDisplacement(w, kind));
        if (kind === 6 ? this.inImage(target) : this.isCode(target)) this.add(region, at, 4, kind);
      }
    }
  }

  private records(region: Region): void {
    for (let at = region.offset; at + region.record <= region.offset + region.size; at += region.record) {
      region.fields.forEach(({ offset, width }, index) => this.add(region, at + offset, width, index));
    }
  }

  private data(region: Region): void {
    let table: number | undefined;
    const [field] = region.fields;
    const end = region.offset + region.size;
    for (let chunk = region.offset; chunk < end; chunk += 2 ** 20) {
      const last = Math.min(end, chunk + 2 ** 20);
      for (let at = chunk; region.tables && at + 4 <= last; at += 1) {
        const address = addressIn(region, at);
        if (address % 4 !== 0) continue;
        const begins = this.tables.has(address);
        if (begins) table = address;
        if (table === undefined) continue;
        if (this.isCode(u32(table + word(this.base, at)))) this.add(region, at, 4, begins ? 1 : 2);
        else table = undefined;
      }
      if (!region.pointers || field === undefined) continue;
      for (let at = Math.ceil(chunk / 8) * 8; at + 8 <= last; at += 8) {
        const value = long(this.base, at) & ((1n << BigInt(field.bits)) - 1n);
        const address = BigInt.asUintN(64, value + field.base);
        if (value < region.lowest || address >= 2n ** 31n || !this.inImage(Number(address))) continue;
        if (this.marks.subarray(Math.max(0, at - 3), at + 8).includes(1)) continue;
        this.add(region, at, 8, 0);
      }
    }
  }

  private frames(region: Region): void {
    const end = region.offset + region.size;
    for (let at = region.offset; at + 16 <= end; ) {
      const length = word(this.base, at);
      if (length > 65535) return;
      if (length === 0) {
        at += 4;
        continue;
      }
      if (word(this.base, at + 4) !== 0) this.add(region, at + 8, 4, 0);
      at += 4 + length;
    }
  }

  private functions(region: Region): void {
    const end = region.offset + region.size;
    for (let at = region.offset; at + 44 <= end; ) {
      const [p, d] = [word(this.base, at + 28), this.base[at + 43] ?? 0];
      const length = 44 + 4 * (p + d);
      if (p > 64 || at + length > end) return;
      this.add(region, at, 4, 0);
      this.add(region, at + 4, 4, 1);
      for (const offset of [16, 20, 24, ...Array.from({ length: p }, (_, i) => 44 + 4 * i)]) if (word(this.base, at + offset) !== 0) this.add(region, at + offset, 4, 2);
      for (let offset = 44 + 4 * p; offset < length; offset += 4) if (word(this.base, at + offset) !== 0xffffffff) this.add(region, at + offset, 4, 3);
      at += Math.ceil(length / 8) * 8;
    }
  }
}

const fits = (w: number, mask: number, value: number): boolean => u32(w & mask) === value;

/** The kind of an instruction of AArch64 that may refer to something. */
export function armKind(w: number): number | undefined {
  if (fits(w, 0x7c000000, 0x14000000)) return 0;
  if (fits(w, 0x9f000000, 0x90000000)) return 3;
  if (fits(w, 0xffc00000, 0x91000000)) return 4;
  if (fits(w, 0x3b000000, 0x39000000)) return 5;
  if (fits(w, 0xff000010, 0x54000000) || fits(w, 0x7e000000, 0x34000000) || fits(w, 0xbf000000, 0x18000000)) return 1;
  if (fits(w, 0x7e000000, 0x36000000)) return 2;
  return fits(w, 0x9f000000, 0x10000000) ? 6 : undefined;
}

export const armScale = (w: number, kind: number): number => (kind === 4 ? 0 : fits(w, 0x04800000, 0x04800000) && w >>> 30 === 0 ? 4 : w >>> 30);

export function armDisplacement(w: number, kind: number): number {
  if (kind === 0) return ((w << 6) >> 6) * 4;
  if (kind === 1) return ((w << 8) >> 13) * 4;
  if (kind === 2) return ((w << 13) >> 18) * 4;
  if (kind === 4 || kind === 5) return ((w >>> 10) & 0xfff) * 2 ** armScale(w, kind);
  return ((w << 8) >> 13) * 4 + ((w >>> 29) & 3);
}

const one = `
mmmm14!!mmmm14!o
mmmm14!!mmmm14!!
mmmm14p!mmmm14p!
mmmm14p!mmmm14p!
xxxxxxxxxxxxxxxx
................
!!Empppp4Z1M....
1111111111111111
MZ!Mmmmmmmmmmmmm
..........!.....
aaaa....14......
11111111vvvvvvvv
MM2.cCMZe.2..1!.
mmmm!!!.mmmmmmmm
11111111rr!1....
p.pp..tT......mm
`.replaceAll('\n', '');

const two = `
mmmm!.....!.!m.M
mmmmmmmmmmmmmmmm
mmmmmmmmmmmmmmmm
........!!!!!!!!
mmmmmmmmmmmmmmmm
mmmmmmmmmmmmmmmm
mmmmmmmmmmmmmmmm
MMMMmmm.mmmmmmmm
rrrrrrrrrrrrrrrr
mmmmmmmmmmmmmmmm
...mMmmm...mMmmm
mmmmmmmmmmMmmmmm
mmMmMMMm........
mmmmmmmmmmmmmmmm
mmmmmmmmmmmmmmmm
mmmmmmmmmmmmmmmm
`.replaceAll('\n', '');
