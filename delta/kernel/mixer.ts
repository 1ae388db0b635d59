// Bytes under several contexts at once: each context's prediction is a slot found by hash, a small online-trained logistic
// mixer weighs them (after lpaq, by Matt Mahoney).
import { clamp16, code, freshSlots, fresh, learn, squash, stretches } from './coder';

/** Eight inputs at most: seven contexts and a match. Those unused stay 0. */
const inputs: usize = memory.data(8 * 2, 16);
const hashes: usize = memory.data(8 * 4, 16);
const places: usize = memory.data(8 * 4, 16);
/** How far a match is to be believed, by its trust and the bit it expects. */
const beliefs: usize = memory.data(64 * 4, 16);

export function freshBeliefs(): void { freshSlots(beliefs, 64); }

/** Set context `i` of the next byte to a hash. */
// @ts-ignore: decorator
@inline
export function context(i: u32, hash: u32): void { store<u32>(hashes + (<usize>i << 2), hash); }

/** Make a line fresh for a context. */
function claim(line: usize, check: u32): void {
  const clear = i32x4.splat(<i32>fresh);
  v128.store(line, clear);
  v128.store(line, clear, 16);
  v128.store(line, clear, 32);
  v128.store(line, clear, 48);
  store<u32>(line, check);
}

/**
 * Find the line of context `i`: 16 slots, the first of which holds the context's hash as a check. Of the two lines a context
 * may have the one that has seen less gives way.
 */
// @ts-ignore: decorator
@inline
function place(i: u32, salt: u32, table: usize, shift: u32): void {
  let h = load<u32>(hashes + (<usize>i << 2)) + salt;
  h = (h ^ (h >>> 15)) * 0x85ebca6b + i * 0xc2b2ae35;
  h ^= h >>> 13;
  h *= 0x9e3779b1;
  let line = table + (<usize>(h >>> shift) << 6);
  if (load<u32>(line) != h) {
    const other = table + (<usize>((h >>> shift) ^ 1) << 6);
    if (load<u32>(other) == h) line = other;
    else {
      if ((load<u32>(other, 4) & 1023) < (load<u32>(line, 4) & 1023)) line = other;
      claim(line, h);
    }
  }
  store<u32>(places + (<usize>i << 2), <u32>line);
}

// @ts-ignore: decorator
@inline
function slotOf(i: u32, low: u32): usize { return <usize>load<u32>(places + (<usize>i << 2)) + (<usize>low << 2); }

// @ts-ignore: decorator
@inline
function input(i: u32, low: u32): void {
  store<i16>(inputs + (<usize>i << 1), load<i16>(stretches + (<usize>(load<u32>(slotOf(i, low)) >>> 20) << 1)));
}

/**
 * Code one byte. `table` has 2^bits slots, aligned to 64 bytes; each nibble of each context takes 16 of them. `weights`
 * holds four sets of eight weights of 16 bits for each of 256 partial bytes, 8192 being one. `expected` is 256 plus the byte
 * that a match expects, or 0, `trust` how long it has held, 0 to 31; it chooses the set.
 */
export function codeByte(table: usize, bits: u32, weights: usize, contexts: u32, value: u32, limit: u32, expected: u32, trust: u32): u32 {
  const shift: u32 = 32 - (bits - 4);
  const set = weights + (<usize>(trust == 0 ? 0 : trust < 16 ? 1 : trust < 24 ? 2 : 3) << 12);
  let node: u32 = 1;
  store<u64>(inputs, 0);
  store<u64>(inputs, 0, 8);
  for (let nibble: u32 = 0; nibble < 2; nibble++) {
    const salt = node * 0x9e3779b1 * nibble;
    for (let i: u32 = 0; i < contexts; i++) place(i, salt, table, shift);
    let low: u32 = 1;
    for (let k: u32 = 0; k < 4; k++) {
      for (let i: u32 = 0; i < contexts; i++) input(i, low);
      const step: u32 = (nibble << 2) + k;
      const held = expected != 0 && expected >>> (8 - step) == node;
      const belief = beliefs + (<usize>(trust * 2 + ((expected >>> (7 - step)) & 1)) << 2);
      store<i16>(inputs, held ? load<i16>(stretches + (<usize>(load<u32>(belief) >>> 20) << 1)) : 0, 14);
      const w = set + (<usize>node << 4);
      const x = v128.load(inputs);
      const weight = v128.load(w);
      const products = i32x4.dot_i16x8_s(x, weight);
      const sum = i32x4.extract_lane(products, 0) + i32x4.extract_lane(products, 1) + i32x4.extract_lane(products, 2) + i32x4.extract_lane(products, 3);
      const p = squash(sum >> 13);
      const bit = code(clamp16(<u32>p << 4 | 8), (value >>> (7 - step)) & 1);
      const error = ((((<i32>bit << 12) - p) * 5) >> 1);
      v128.store(w, i16x8.add_sat_s(weight, i16x8.q15mulr_sat_s(x, i16x8.splat(<i16>error))));
      for (let i: u32 = 0; i < contexts; i++) learn(slotOf(i, low), bit, limit);
      if (held) learn(belief, bit, 1023);
      low = (low << 1) | bit;
      node = (node << 1) | bit;
    }
  }
  return node & 255;
}

/** Weights that start equal. */
export function freshWeights(weights: usize, contexts: u32): void {
  for (let i: u32 = 0; i < 4 * 256 * 8; i++) store<i16>(weights + (<usize>i << 1), <i16>(16384 / (contexts + 3)));
}

export function freshTable(table: usize, bits: u32): void {
  const clear = i32x4.splat(<i32>fresh);
  for (let at = table; at < table + (<usize>4 << bits); at += 16) v128.store(at, clear);
}
