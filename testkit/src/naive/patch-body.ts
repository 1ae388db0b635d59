/** docs/formats/patch.md, "Body": the bytes of next. */
import { ByteModel, modelSlots, RangeDecoder, slots, times, u32, type Expected } from './patch-coder.ts';
import type { Cover } from './patch-covers.ts';
import type { Layout, Part } from './patch-file.ts';
import { addressIn, armDisplacement, armKind, armScale, long, word, type Reference } from './patch-references.ts';

interface Memo {
  readonly key: number;
  target: number;
  strength: number;
}

export class NaiveBody {
  private readonly coder: RangeDecoder;
  private readonly next: Uint8Array;
  private position = 0;
  private readonly gaps = slots(3 * 144 * modelSlots);
  private readonly deltas = slots(64 * modelSlots);
  private readonly hit = slots(64 * 64);
  private readonly miss = slots(64 * 16);
  private readonly noise = slots(1);
  private readonly literal = new ByteModel(22, 24);
  private readonly difference = new ByteModel(18, 127);
  private readonly memos = new Map<number, Memo>();
  private history = 0;
  private gap = 0;
  private readonly lastGaps: [number, number] = [0, 0];
  private d1 = 0;
  private d2 = 0;
  private readonly byLane = new Uint8Array(8);
  private readonly literals: number[] = [];
  private counted = 0;
  private spelled = false;
  private h4 = 0;
  private h8 = 0;
  private readonly seen = new Map<number, number>();
  private matchAt = 0;
  private matchLength = 0;
  private table: { readonly last: number; readonly start: number } | undefined;
  private readonly base: Uint8Array;
  private readonly layout: Layout;
  private readonly references: ReadonlyMap<number, Reference>;
  private readonly map: (address: number) => number;

  constructor(part: Part, base: Uint8Array, layout: Layout, references: ReadonlyMap<number, Reference>, map: (address: number) => number) {
    this.coder = new RangeDecoder(part.body);
    this.next = new Uint8Array(part.nextSize);
    this.base = base;
    this.layout = layout;
    this.references = references;
    this.map = map;
  }

  decode(covers: readonly Cover[]): Uint8Array {
    this.readGap(0);
    for (const cover of covers) {
      for (let i = 0; i < cover.literals; i += 1) this.put(this.readLiteral());
      this.copy(cover);
    }
    while (this.position < this.next.length) this.put(this.readLiteral());
    return this.next;
  }

  private put(byte: number): void {
    this.next[this.position] = byte;
    this.position += 1;
  }

  private putWord(value: number): void {
    for (const shift of [0, 8, 16, 24]) this.put((value >>> shift) & 255);
  }

  private readLiteral(): number {
    if (this.counted % 4096 === 0) this.spelled = this.coder.slot(this.noise, 0, 255) === 1;
    this.counted += 1;
    if (this.spelled) {
      let byte = 0;
      for (let i = 0; i < 8; i += 1) byte = 2 * byte + this.coder.bit(32768);
      return byte;
    }
    const { h4, h8 } = this;
    const contexts = [
      u32((h4 & 0xff00) + 0x10000), h4 & 0xff, u32(times(h4 & 0xffff, 0x2c1b3c6d) + 1), u32(times(h4 & 0xffffff, 0x297a2d39) + 2),
      u32(times(h4, 0x1b873593) + 3), u32((times(h4, 0x9e3779b1) ^ times(h8 & 0xffff, 0x85ebca6b)) >>> 0) + 4, u32(times(u32((h4 & 0xff0000ff) ^ times(h8 & 0xff, 0x10000)), 0x9e3779b1) + 6),
    ].map(u32);
    const expected: Expected | undefined = this.matchLength === 0 ? undefined : { byte: this.literals[this.matchAt] as number, trust: this.matchLength < 16 ? this.matchLength : 16 + Math.min((this.matchLength - 16) >>> 3, 15) };
    const byte = this.literal.decode(this.coder, contexts, expected);
    this.remember(byte, expected);
    return byte;
  }

  private remember(byte: number, expected: Expected | undefined): void {
    this.literals.push(byte);
    const written = this.literals.length;
    if (expected !== undefined && expected.byte === byte) {
      this.matchLength += 1;
      this.matchAt += 1;
    } else {
      this.matchLength = 0;
    }
    const place = u32(times(u32((this.h4 << 8) | byte), 0x9e3779b1) + times(((this.h8 << 8) | (this.h4 >>> 24)) & 0xffff, 0x85ebca6b)) >>> 12;
    if (this.matchLength === 0) {
      this.matchAt = this.seen.get(place) ?? 0;
      if (this.matchAt !== 0 && written - this.matchAt < 2 ** 24) {
        while (this.matchLength < 32 && this.matchLength < this.matchAt && this.literals[this.matchAt - 1 - this.matchLength] === this.literals[written - 1 - this.matchLength]) this.matchLength += 1;
      }
    }
    this.seen.set(place, written);
    this.h8 = u32((this.h8 << 8) | (this.h4 >>> 24));
    this.h4 = u32((this.h4 << 8) | byte);
  }

  private copy({ place, length }: Cover): void {
    const end = place + length;
    let plain = false;
    for (let at = place; at < end; ) {
      const reference = plain ? undefined : this.references.get(at);
      if (reference !== undefined && at + reference.width > end) plain = true;
      else if (reference !== undefined) {
        this.copyReference(reference);
        at += reference.width;
        continue;
      }
      this.put(this.plainByte(at));
      at += 1;
    }
  }

  private plainByte(at: number): number {
    const value = this.base[at] as number;
    if (this.gap > 0) {
      this.gap -= 1;
      return value;
    }
    const region = this.layout.regions.find(({ offset, size }) => at >= offset && at < offset + size);
    const kind = region === undefined ? 0 : region.rule < 3 ? 1 : 2;
    const g = Math.min(this.lastGaps[0], 15);
    const lane = this.byLane[at & 7] as number;
    const { d1, d2 } = this;
    const d = this.difference.decode(this.coder, [
      (kind << 2) | (at & 3), times(value, 0x2c1b3c6d) + kind, times((d1 << 8) | g, 0x297a2d39) + 7, times(u32((d1 << 16) | (d2 << 8) | g), 0x1b873593) + 9,
      times((value << 8) | d1, 0x9e3779b1) + 5, times((lane << 8) | value, 0x2545f491) + 0xb, (lane << 4) | g,
    ].map(u32));
    this.d2 = this.d1;
    this.d1 = d;
    this.byLane[at & 7] = d;
    this.readGap(kind);
    return (value + d) & 255;
  }

  private readGap(kind: number): void {
    const size = (n: number): number => (n < 8 ? n : n < 16 ? 8 : n < 64 ? 9 : n < 1024 ? 10 : 11);
    const model = kind * 144 + 12 * size(this.lastGaps[0]) + size(this.lastGaps[1]);
    this.gap = this.coder.number(this.gaps, model * modelSlots);
    this.lastGaps[1] = this.lastGaps[0];
    this.lastGaps[0] = this.gap;
  }

  private copyReference(reference: Reference): void {
    const { rule, fields } = reference.region;
    const there = this.layout.next.find(({ offset, size }) => this.position >= offset && this.position < offset + size);
    const H = u32(this.position + (there === undefined ? 0 : there.address - there.offset));
    const B = addressIn(reference.region, reference.offset);
    if (rule === 2) this.arm(reference, B, H);
    else if (rule === 1 && reference.code < 6) this.x86(reference, B, H);
    else if (rule === 4 && reference.code > 0) this.jumpTable(reference);
    else {
      const field = fields[rule === 3 || rule === 6 ? reference.code : 0];
      const kind = rule === 1 ? 6 : 16 + 4 * rule + Math.min(reference.code, 3);
      if (field === undefined) throw new Error('a reference without a field');
      if (reference.width === 8) this.wide(reference, kind, field);
      else {
        const [from, to] = field.bits === 0 ? [B, H] : [Number(BigInt.asUintN(32, field.base)), Number(BigInt.asUintN(32, field.newBase))];
        const value = word(this.base, reference.offset);
        this.putWord(u32(this.target(kind, u32(value + from), u32(value + to)) - to));
      }
    }
  }

  private x86({ offset, code }: Reference, B: number, H: number): void {
    const n = [4, 5, 6, 8, 4, 4][code] as number;
    const value = word(this.base, offset);
    this.putWord(u32(this.target(code, u32(B + n + value), u32(value + H + n)) - H - n));
  }

  private wide({ offset }: Reference, kind: number, { bits, base, newBase }: { readonly bits: number; readonly base: bigint; readonly newBase: bigint }): void {
    if (this.coder.slot(this.miss, kind * 16 + 15, 255) === 0) {
      this.spell(offset, 8);
      return;
    }
    const mask = (1n << BigInt(bits)) - 1n;
    const value = long(this.base, offset);
    const cut = (number: bigint): number => Number(BigInt.asUintN(32, number));
    const result = BigInt(this.target(kind, cut((value & mask) + base), cut((value & mask) + newBase)));
    const made = (value & ~mask) | (BigInt.asUintN(64, result - newBase) & mask);
    this.putWord(cut(made));
    this.putWord(cut(made >> 32n));
  }

  private jumpTable({ offset, code, region }: Reference): void {
    let start = offset;
    if (code === 2) {
      if (this.table?.last === offset - 4) start = this.table.start;
      else for (let back = 0; back < 1024 && this.references.get(start)?.code === 2; back += 1) start -= 4;
    }
    this.table = { last: offset, start };
    const [S, value] = [addressIn(region, start), word(this.base, offset)];
    const M = this.map(S);
    this.putWord(u32(this.target(7, u32(S + value), u32(value + M)) - M));
  }

  private arm({ offset, code, region }: Reference, B: number, H: number): void {
    const kind = 8 + code;
    if (this.coder.slot(this.miss, kind * 16 + 15, 255) === 0) {
      this.spell(offset, 4);
      return;
    }
    const w = word(this.base, offset);
    const mask = [0x03ffffff, 0x00ffffe0, 0x0007ffe0, 0x60ffffe0, 0x003ffc00, 0x003ffc00, 0x60ffffe0][code] as number;
    const put = (field: number): void => this.putWord(u32((w & ~mask) | (field & mask)));
    const split = (number: number): number => ((number & 3) << 29) | (((number >> 2) & 0x7ffff) << 5);
    const displacement = armDisplacement(w, code);
    if (code === 3) {
      const target = u32((B & ~0xfff) + (displacement << 12) + this.firstUse(offset, w & 31));
      const page = u32(H & ~0xfff);
      const found = this.near(kind, u32(this.map(target) & ~0xfff), u32((page + (displacement << 12)) & ~0xfff), 12);
      put(split((u32(found - page) | 0) >> 12));
    } else if (code === 4 || code === 5) {
      const scale = armScale(w, code);
      const x = (this.map(u32(this.lastPage(offset, (w >>> 5) & 31, region) + displacement)) & 0xfff) >>> scale;
      put((this.near(kind, x, (w >>> 10) & 0xfff, 0) & 0xfff) << 10);
    } else {
      const moved = u32(this.target(kind, u32(B + displacement), u32(H + displacement)) - H) | 0;
      put(code === 6 ? split(moved) : code === 0 ? moved >> 2 : (moved >> 2) << 5);
    }
  }

  /** The offset within its page that the first use of an ADRP adds. */
  private firstUse(offset: number, register: number): number {
    for (let at = offset + 4; at <= offset + 64 && at + 4 <= this.base.length; at += 4) {
      const w = word(this.base, at);
      const kind = armKind(w);
      if (kind === 3 && (w & 31) === register) return 0;
      if ((kind === 4 || kind === 5) && ((w >>> 5) & 31) === register) return armDisplacement(w, kind);
    }
    return 0;
  }

  private lastPage(offset: number, register: number, region: Reference['region']): number {
    for (let at = offset - 4; at >= offset - 64 && at >= 0; at -= 4) {
      const w = word(this.base, at);
      if (armKind(w) === 3 && (w & 31) === register) return u32((addressIn(region, at) & ~0xfff) + (armDisplacement(w, 3) << 12));
    }
    return 0;
  }

  private near(kind: number, x: number, same: number, shift: number): number {
    const hit = this.coder.slot(this.hit, kind * 64 + (this.history & 15), 1023);
    this.history = (this.history << 1) | (1 - hit);
    if (hit === 1) return x;
    if (this.coder.slot(this.miss, kind * 16 + 1, 255) === 1) return same;
    return u32(x + (this.coder.zigzag(this.deltas, kind * modelSlots) << shift));
  }

  private target(kind: number, address: number, same: number): number {
    const place = times(address, 0x9e3779b1) >>> 16;
    const mapped = this.map(address);
    const memo = this.memos.get(place);
    const known = memo?.key === address ? memo : undefined;
    const strength = known === undefined ? 0 : Math.min(known.strength, 2) + 1;
    const first = known === undefined ? mapped : known.target;
    const hit = this.coder.slot(this.hit, kind * 64 + strength * 16 + (this.history & 15), 1023);
    this.history = (this.history << 1) | (1 - hit);
    let result = first;
    if (hit === 0) {
      if (known !== undefined && first !== mapped && this.coder.slot(this.miss, kind * 16 + strength * 4, 255) === 1) result = mapped;
      else if (this.coder.slot(this.miss, kind * 16 + strength * 4 + 1, 255) === 1) result = same;
      else result = u32(mapped + this.coder.zigzag(this.deltas, kind * modelSlots));
    }
    if (known === undefined) {
      if (result !== mapped) this.memos.set(place, { key: address, target: result, strength: 0 });
    } else if (known.target === result) known.strength += 1;
    else Object.assign(known, { target: result, strength: 0 });
    return result;
  }

  private spell(offset: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const value = this.base[offset + i] as number;
      const d = this.difference.decode(this.coder, [
        0x100 + i, times(value, 0x2c1b3c6d) + i + 0x101, 0x200 + i, 0x300 + i, times((value << 8) | this.d1, 0x9e3779b1) + 6, 0x400 + i, 0x500 + i,
      ].map(u32));
      this.d2 = this.d1;
      this.d1 = d;
      this.put((value + d) & 255);
    }
  }
}
