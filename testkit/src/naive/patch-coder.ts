/** docs/formats/patch.md, "Coding", as the page says it and no faster. */

/** Unless said otherwise everything is on unsigned 32-bit integers. */
export const u32 = (value: number): number => value >>> 0;
export const times = (a: number, b: number): number => Math.imul(a, b) >>> 0;

const fresh = 0x80000000;
export const slots = (count: number): Uint32Array => new Uint32Array(count).fill(fresh);

export class RangeDecoder {
  private low = 0;
  private high = 0xffffffff;
  private word = 0;
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    for (let i = 0; i < 4; i += 1) this.word = u32((this.word << 8) | this.next());
  }

  bit(chance: number): number {
    const range = this.high - this.low;
    const middle = this.low + (range >>> 16) * chance + (((range & 0xffff) * chance) >>> 16);
    const bit = this.word <= middle ? 1 : 0;
    if (bit === 1) this.high = middle;
    else this.low = middle + 1;
    while (u32((this.low ^ this.high) & 0xff000000) === 0) {
      this.word = u32((this.word << 8) | this.next());
      this.low = u32(this.low << 8);
      this.high = u32((this.high << 8) | 255);
    }
    return bit;
  }

  slot(all: Uint32Array, index: number, limit: number): number {
    const bit = this.bit(Math.max(16, Math.min(65520, (all[index] as number) >>> 16)));
    learn(all, index, bit, limit);
    return bit;
  }

  /** A number of up to 32 bits, of the model whose first slot is `first`. */
  number(all: Uint32Array, first: number): number {
    let node = 1;
    for (let i = 0; i < 6; i += 1) node = 2 * node + this.slot(all, first + node, 255);
    const length = node - 64;
    if (length > 32) throw new Error('a number of more than 32 bits');
    if (length < 2) return length;
    let value = 1;
    node = 1;
    for (let i = 0; i < length - 1; i += 1) {
      const bit = i < 3 ? this.slot(all, first + 64 + 8 * length + node, 255) : this.bit(32768);
      node = 2 * node + bit;
      value = u32((value << 1) | bit);
    }
    return value;
  }

  zigzag(all: Uint32Array, first: number): number {
    const z = this.number(all, first);
    return (z >>> 1) ^ -(z & 1);
  }

  private next(): number {
    this.at += 1;
    if (this.at > this.bytes.length + 3) throw new Error('a stream ends early');
    return this.bytes[this.at - 1] ?? 0;
  }
}

export const modelSlots = 328;

function learn(all: Uint32Array, index: number, bit: number, limit: number): void {
  const slot = all[index] as number;
  const [probability, count] = [slot >>> 10, slot & 1023];
  const step = Math.floor(16384 / (2 * count + 3));
  const change = Math.imul(((bit << 22) - probability) >> 3, step) & ~1023;
  all[index] = slot + (count < limit ? 1 : 0) + change;
}

/** A byte that a model of the past expects, and how much it is trusted: from 1 to 31. */
export interface Expected {
  readonly byte: number;
  readonly trust: number;
}

export class ByteModel {
  private readonly bits: number;
  private readonly limit: number;
  private readonly table: Uint32Array;
  private readonly weights = new Int32Array(4 * 256 * 8).fill(1638);
  private readonly beliefs = slots(64);

  constructor(bits: number, limit: number) {
    this.bits = bits;
    this.limit = limit;
    this.table = slots(2 ** bits);
  }

  decode(coder: RangeDecoder, contexts: readonly number[], expected?: Expected): number {
    let node = 1;
    for (const second of [false, true]) {
      const lines = contexts.map((context, i) => this.line(u32(context + (second ? times(node, 0x9e3779b1) : 0)), i));
      let low = 1;
      for (let quarter = 0; quarter < 4; quarter += 1) {
        const k = quarter + (second ? 4 : 0);
        const bit = this.bit(coder, lines.map((line) => 16 * line + low), node, k, expected);
        low = 2 * low + bit;
        node = 2 * node + bit;
      }
    }
    return node & 255;
  }

  private line(hash: number, i: number): number {
    let h = u32(times(u32(hash ^ (hash >>> 15)), 0x85ebca6b) + times(i, 0xc2b2ae35));
    h = u32(h ^ (h >>> 13));
    h = times(h, 0x9e3779b1);
    const line = h >>> (32 - (this.bits - 4));
    const other = line ^ 1;
    if (this.table[16 * line] === h) return line;
    if (this.table[16 * other] === h) return other;
    const count = (one: number): number => (this.table[16 * one + 1] as number) & 1023;
    const victim = count(other) < count(line) ? other : line;
    this.table.fill(fresh, 16 * victim, 16 * victim + 16);
    this.table[16 * victim] = h;
    return victim;
  }

  private bit(coder: RangeDecoder, places: readonly number[], node: number, k: number, expected: Expected | undefined): number {
    const belief = expected !== undefined && (256 + expected.byte) >>> (8 - k) === node ? 2 * expected.trust + ((expected.byte >>> (7 - k)) & 1) : undefined;
    const inputs = places.map((place) => stretch((this.table[place] as number) >>> 20));
    inputs.push(belief === undefined ? 0 : stretch((this.beliefs[belief] as number) >>> 20));
    const set = expected === undefined ? 0 : expected.trust < 16 ? 1 : expected.trust < 24 ? 2 : 3;
    const weights = this.weights.subarray(8 * (256 * set + node), 8 * (256 * set + node + 1));
    const sum = inputs.reduce((total, x, i) => total + x * (weights[i] as number), 0);
    const p = squash(sum >> 13);
    const bit = coder.bit(Math.max(16, Math.min(65520, p * 16 + 8)));
    const e = (((bit << 12) - p) * 5) >> 1;
    inputs.forEach((x, i) => (weights[i] = clamp16((weights[i] as number) + clamp16((x * e + 16384) >> 15))));
    for (const place of places) learn(this.table, place, bit, this.limit);
    if (belief !== undefined) learn(this.beliefs, belief, bit, 1023);
    return bit;
  }
}

const clamp16 = (value: number): number => Math.max(-32768, Math.min(32767, value));

const K = [
  1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975,
  4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
];

function squash(x: number): number {
  if (x > 2047) return 4095;
  if (x < -2047) return 0;
  const [w, i] = [x & 127, (x >> 7) + 16];
  return ((K[i] ?? 0) * (128 - w) + (K[i + 1] ?? 0) * w + 64) >> 7;
}

const stretches = Array.from({ length: 4096 }, (_, q) => {
  let x = -2047;
  while (x < 2047 && squash(x) < q) x += 1;
  return x;
});
const stretch = (q: number): number => stretches[q] as number;
