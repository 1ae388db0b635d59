// Binary arithmetic coder and the adaptive probabilities it is fed with. The models above it run the same code in both
// directions: code(p, bit) returns `bit` when encoding and the decoded bit when decoding.

/** 0 decodes, 1 encodes, 2 only counts what encoding would cost (in 1/65536 bits). */
export let mode: u32 = 0;

let low: u32 = 0;
let high: u32 = 0xffffffff;
let word: u32 = 0;
let at: usize = 0;
let end: usize = 0;
let overrun: u32 = 0;

// @ts-ignore: decorator
@external("host", "flush")
declare function flush(from: usize, length: usize): void;
// @ts-ignore: decorator
@external("host", "refill")
declare function refill(to: usize, capacity: usize): usize;

const capacity: usize = 1 << 16;
const buffer: usize = memory.data(1 << 16, 16);

/** dt[n] = 16384 / (2n + 3): the step of a probability that has seen n bits. */
export const steps: usize = memory.data(1024 * 4, 16);
export const stretches: usize = memory.data(4096 * 2, 16);
const squashes: usize = memory.data<i32>([
  1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975,
  4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
], 16);
let ready: bool = false;

function prepareTables(): void {
  if (ready) return;
  ready = true;
  for (let n = 0; n < 1024; n++) store<i32>(steps + (n << 2), 16384 / (2 * n + 3));
  let from = 0;
  for (let x = -2047; x <= 2047; x++) {
    const value = squash(x);
    for (let i = from; i <= value; i++) store<i16>(stretches + (i << 1), <i16>x);
    from = value + 1;
  }
  for (let i = from; i < 4096; i++) store<i16>(stretches + (i << 1), 2047);
}

/** Logistic function: 4096 / (1 + e^(-x / 256)), by interpolation between 33 knots. */
// @ts-ignore: decorator
@inline
export function squash(x: i32): i32 {
  if (x > 2047) return 4095;
  if (x < -2047) return 0;
  const w = x & 127;
  const i = (x >> 7) + 16;
  const knot = squashes + (<usize>i << 2);
  return (load<i32>(knot) * (128 - w) + load<i32>(knot + 4) * w + 64) >> 7;
}

/** Start coding; the host answers flush (encoding) or refill (decoding). */
export function startCoder(newMode: u32): void {
  prepareTables();
  mode = newMode;
  memory.fill(topicBytes, 0, 256);
  low = 0;
  high = 0xffffffff;
  overrun = 0;
  at = buffer;
  end = buffer;
  if (mode == 0) {
    word = 0;
    for (let i = 0; i < 4; i++) word = (word << 8) | nextByte();
  } else {
    end = buffer + capacity;
  }
}

/** End of an encoding: enough bytes that the decoder's word is certain. */
export function finishCoder(): void {
  if (mode != 1) return;
  putByte(high >> 24);
  if (at > buffer) flush(buffer, at - buffer);
  at = buffer;
}

/** How many bytes beyond the end of the input were asked for; more than 3 means a damaged stream. */
export function coderOverrun(): u32 { return overrun; }

function nextByte(): u32 {
  if (at == end) {
    at = buffer;
    end = buffer + refill(buffer, capacity);
    if (at == end) { overrun++; return 0; }
  }
  return load<u8>(at++);
}

/** What is being coded, for the statistics of an encoding: bytes put out by kind. */
export let topic: u32 = 0;
const topicBytes: usize = memory.data(64 * 4, 16);
export function setTopic(value: u32): void { topic = value; }
export function topicTable(): usize { return topicBytes; }

function putByte(value: u32): void {
  const entry = topicBytes + (<usize>topic << 2);
  store<u32>(entry, load<u32>(entry) + 1);
  store<u8>(at++, <u8>value);
  if (at == end) { flush(buffer, capacity); at = buffer; }
}

/** Code one bit whose chance of being 1 is p1 / 65536, 0 < p1 < 65536. */
// @ts-ignore: decorator
@inline
export function code(p1: u32, bit: u32): u32 {
  const range = high - low;
  const middle = low + (range >>> 16) * p1 + (((range & 0xffff) * p1) >>> 16);
  if (mode == 0) bit = u32(word <= middle);
  if (bit) high = middle; else low = middle + 1;
  while (((low ^ high) & 0xff000000) == 0) {
    if (mode == 0) word = (word << 8) | nextByte(); else putByte(high >>> 24);
    low <<= 8;
    high = (high << 8) | 255;
  }
  return bit;
}

/** A slot is a probability of 22 bits above a count of 10. */
export const fresh: u32 = 0x80000000;

// @ts-ignore: decorator
@inline
export function learn(slot: usize, bit: u32, limit: u32): void {
  let s = load<u32>(slot);
  const n = s & 1023;
  const p = <i32>(s >>> 10);
  if (n < limit) s++;
  s += <u32>((((<i32>(bit << 22) - p) >> 3) * load<i32>(steps + (n << 2))) & 0xfffffc00);
  store<u32>(slot, s);
}

// @ts-ignore: decorator
@inline
export function clamp16(p: u32): u32 {
  return p < 16 ? 16 : p > 65520 ? 65520 : p;
}

/** Code a bit with one slot. */
// @ts-ignore: decorator
@inline
export function codeBit(slot: usize, bit: u32, limit: u32): u32 {
  bit = code(clamp16(load<u32>(slot) >>> 16), bit);
  learn(slot, bit, limit);
  return bit;
}

export function freshSlots(from: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) store<u32>(from + (<usize>i << 2), fresh);
}

/** Slots that one number model takes: 64 for the bucket, 32 × 8 for the leading bits below it. */
export const numberSlots: u32 = 64 + 33 * 8;

/**
 * A number of up to 32 bits: its bit length by a tree of six bits, then three bits below the leading one by a tree for that
 * length, the rest as even chances.
 */
export function codeNumber(model: usize, value: u32, limit: u32): u32 {
  let length: u32 = 32 - clz(value);
  let node: u32 = 1;
  for (let i = 5; i >= 0; i--) node = (node << 1) | codeBit(model + (<usize>node << 2), (length >>> i) & 1, limit);
  length = node & 63;
  if (length <= 1) return length;
  if (length > 32) { overrun += 4; return 0; }
  const tree = model + ((64 + (<usize>length << 3)) << 2);
  let result: u32 = 1;
  let left: i32 = <i32>length - 1;
  node = 1;
  for (let i = 0; i < 3 && left > 0; i++) {
    left--;
    const bit = codeBit(tree + (<usize>node << 2), (value >>> left) & 1, limit);
    node = (node << 1) | bit;
    result = (result << 1) | bit;
  }
  while (left > 0) {
    left--;
    result = (result << 1) | code(32768, (value >>> left) & 1);
  }
  return result;
}
