// Bytes under several contexts at once: each context's prediction is a slot found by hash, a small online-trained logistic
// mixer weighs them (after lpaq, by Matt Mahoney).
import { clamp16, code, fresh, freshSlots, learn, squash, stretches } from './coder';

const inputs: usize = memory.data(16 * 4, 16);
const hashes: usize = memory.data(16 * 4, 16);
const places: usize = memory.data(16 * 4, 16);
/** How far a match is to be believed, by its trust and the bit it expects. */
const beliefs: usize = memory.data(32 * 4, 16);

export function freshBeliefs(): void { freshSlots(beliefs, 32); }

/** Set context `i` of the next byte to a hash. */
// @ts-ignore: decorator
@inline
export function context(i: u32, hash: u32): void { store<u32>(hashes + (<usize>i << 2), hash); }

/**
 * Code one byte. `table` has 2^bits slots, aligned to 64 bytes; each nibble of each context takes 16 of them. `weights`
 * holds `count` weights for each of 256 partial bytes, 65536 being one.
 */
export function codeByte(table: usize, bits: u32, weights: usize, contexts: u32, value: u32, limit: u32, expected: u32, trust: u32): u32 {
  const lines: u32 = 32 - (bits - 4);
  // One more input where a match expects a byte: `expected` is 256 plus the byte, `trust` how long it has held, 0 to 15.
  const count: u32 = contexts + 1;
  let node: u32 = 1;
  for (let nibble = 0; nibble < 2; nibble++) {
    for (let i: u32 = 0; i < contexts; i++) {
      let h = load<u32>(hashes + (<usize>i << 2)) + node * 0x9e3779b1 * nibble;
      h = (h ^ (h >>> 15)) * 0x85ebca6b + i * 0xc2b2ae35;
      h ^= h >>> 13;
      store<u32>(places + (<usize>i << 2), table + ((<usize>((h * 0x9e3779b1) >>> lines)) << 6));
    }
    let low: u32 = 1;
    for (let k = 0; k < 4; k++) {
      const w = weights + <usize>(node * count << 2);
      let dot: i64 = 0;
      for (let i: u32 = 0; i < contexts; i++) {
        const p = load<u32>(<usize>load<u32>(places + (<usize>i << 2)) + (<usize>low << 2)) >>> 20;
        const x = load<i32>(stretches + (<usize>p << 2));
        store<i32>(inputs + (<usize>i << 2), x);
        dot += <i64>x * load<i32>(w + (<usize>i << 2));
      }
      const step: u32 = (nibble << 2) + k;
      const held = expected != 0 && expected >>> (8 - step) == node;
      const guess = (expected >>> (7 - step)) & 1;
      const belief = beliefs + (<usize>(trust * 2 + guess) << 2);
      const last = held ? load<i32>(stretches + (<usize>(load<u32>(belief) >>> 20) << 2)) : 0;
      store<i32>(inputs + (<usize>contexts << 2), last);
      dot += <i64>last * load<i32>(w + (<usize>contexts << 2));
      const p = squash(<i32>(dot >> 16));
      const bit = code(clamp16(<u32>p << 4 | 8), (value >>> (7 - (nibble << 2) - k)) & 1);
      const error = ((<i32>bit << 12) - p) * 10;
      for (let i: u32 = 0; i < count; i++) {
        const weight = w + (<usize>i << 2);
        store<i32>(weight, load<i32>(weight) + ((load<i32>(inputs + (<usize>i << 2)) * error + 0x2000) >> 14));
        if (i < contexts) learn(<usize>load<u32>(places + (<usize>i << 2)) + (<usize>low << 2), bit, limit);
      }
      if (held) learn(belief, bit, 1023);
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
