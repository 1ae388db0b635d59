// Bytes under several contexts at once: each context's prediction is a slot found by hash, a small online-trained logistic
// mixer weighs them (after lpaq, by Matt Mahoney).
import { clamp16, code, fresh, learn, squash, stretches } from './coder';

export const maxInputs: u32 = 8;
const inputs: usize = memory.data(8 * 4, 16);
const hashes: usize = memory.data(8 * 4, 16);
const places: usize = memory.data(8 * 4, 16);

/** Set context `i` of the next byte to a hash. */
// @ts-ignore: decorator
@inline
export function context(i: u32, hash: u32): void { store<u32>(hashes + (<usize>i << 2), hash); }

/**
 * Code one byte. `table` has 2^bits slots, aligned to 64 bytes; each nibble of each context takes 16 of them. `weights`
 * holds `count` weights for each of 256 partial bytes, 65536 being one.
 */
export function codeByte(table: usize, bits: u32, weights: usize, count: u32, value: u32, limit: u32): u32 {
  const lines: u32 = 32 - (bits - 4);
  let node: u32 = 1;
  for (let nibble = 0; nibble < 2; nibble++) {
    for (let i: u32 = 0; i < count; i++) {
      let h = load<u32>(hashes + (<usize>i << 2)) + node * 0x9e3779b1 * nibble;
      h = (h ^ (h >>> 15)) * 0x85ebca6b + i * 0xc2b2ae35;
      h ^= h >>> 13;
      store<u32>(places + (<usize>i << 2), table + ((<usize>((h * 0x9e3779b1) >>> lines)) << 6));
    }
    let low: u32 = 1;
    for (let k = 0; k < 4; k++) {
      const w = weights + <usize>(node * count << 2);
      let dot: i64 = 0;
      for (let i: u32 = 0; i < count; i++) {
        const p = load<u32>(<usize>load<u32>(places + (<usize>i << 2)) + (<usize>low << 2)) >>> 20;
        const x = load<i32>(stretches + (<usize>p << 2));
        store<i32>(inputs + (<usize>i << 2), x);
        dot += <i64>x * load<i32>(w + (<usize>i << 2));
      }
      const p = squash(<i32>(dot >> 16));
      const bit = code(clamp16(<u32>p << 4 | 8), (value >>> (7 - (nibble << 2) - k)) & 1);
      const error = ((<i32>bit << 12) - p) * 10;
      for (let i: u32 = 0; i < count; i++) {
        const weight = w + (<usize>i << 2);
        store<i32>(weight, load<i32>(weight) + ((load<i32>(inputs + (<usize>i << 2)) * error + 0x2000) >> 14));
        learn(<usize>load<u32>(places + (<usize>i << 2)) + (<usize>low << 2), bit, limit);
      }
      low = (low << 1) | bit;
      node = (node << 1) | bit;
    }
  }
  return node & 255;
}

export function freshWeights(weights: usize, count: u32): void {
  for (let i: u32 = 0; i < 256 * count; i++) store<i32>(weights + (<usize>i << 2), <i32>(65536 * 2 / (count + 2)));
}

export function freshTable(table: usize, bits: u32): void {
  for (let i: u32 = 0; i < 1 << bits; i++) store<u32>(table + (<usize>i << 2), fresh);
}
