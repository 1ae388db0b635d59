// Covers: stretches of the new image that are much like a stretch of the old one. Only the encoder does this.

let oldImage: usize = 0;
let oldSize: u32 = 0;
let newImage: usize = 0;
let newSize: u32 = 0;
let table: usize = 0;
let shift: u32 = 0;
let window: u32 = 16;
const ways: u32 = 4;

// @ts-ignore: decorator
@inline
function hashAt(at: usize): u32 {
  let h = load<u64>(at) * 0x9e3779b97f4a7c15;
  h = (h ^ (h >>> 29) ^ load<u64>(at, 8)) * 0xbf58476d1ce4e5b9;
  if (window > 16) { h = (h ^ (h >>> 31) ^ load<u64>(at, 16)) * 0x94d049bb133111eb; }
  return <u32>(h >>> 32);
}

/** How many bytes from `a` and `b` are equal, at most `limit`. */
export function equalRun(a: usize, b: usize, limit: u32): u32 {
  let n: u32 = 0;
  while (n + 8 <= limit) {
    const x = load<u64>(a + <usize>n) ^ load<u64>(b + <usize>n);
    if (x != 0) return n + <u32>(ctz(x) >>> 3);
    n += 8;
  }
  while (n < limit && load<u8>(a + <usize>n) == load<u8>(b + <usize>n)) n++;
  return n;
}

/** Index the old image: one window in every `step` bytes; the table has 2^bits entries. */
export function indexOld(image: usize, size: u32, tableAt: usize, bits: u32, step: u32, windowBytes: u32): void {
  oldImage = image; oldSize = size; table = tableAt; shift = 32 - bits; window = windowBytes;
  memory.fill(tableAt, 0, <usize>4 << bits);
  const mask: u32 = (1 << bits) - 1;
  for (let p: u32 = 0; p + window + 8 <= size; p += step) {
    const at = image + <usize>p;
    const first = load<u64>(at);
    if (first == load<u64>(at, 8) && (first == 0 || first == 0xffffffffffffffff || first == 0xcccccccccccccccc || first == 0x9090909090909090)) continue;
    const slot = hashAt(at) >>> shift;
    let placed = false;
    for (let k: u32 = 0; k < ways; k++) {
      const entry = tableAt + (<usize>((slot + k) & mask) << 2);
      if (load<u32>(entry) == 0) { store<u32>(entry, p + 1); placed = true; break; }
    }
    if (!placed && (p & 7) == 0) store<u32>(tableAt + (<usize>((slot + ((p >>> 3) & 3)) & mask) << 2), p + 1);
  }
}

/** Extend forward while bytes mostly agree; the number of bytes up to the best point. */
function extendForward(o: u32, n: u32): u32 {
  const limit = min(oldSize - o, newSize - n);
  let i: u32 = 0;
  let best: u32 = 0;
  let score: i32 = 0;
  let top: i32 = 0;
  while (i < limit) {
    const run = equalRun(oldImage + <usize>(o + i), newImage + <usize>(n + i), min(limit - i, 1 << 20));
    i += run;
    score += <i32>run;
    if (score > top) { top = score; best = i; }
    if (i < limit && run < (1 << 20)) { i++; score -= 2; if (top - score > 32) break; }
    if (score < top && run >= 32) top = score;
  }
  return best;
}

function extendBack(o: u32, n: u32, floor: u32): u32 {
  const limit = min(o, n - floor);
  let i: u32 = 0;
  let best: u32 = 0;
  let score: i32 = 0;
  let top: i32 = 0;
  while (i < limit) {
    i++;
    if (load<u8>(oldImage + <usize>(o - i)) == load<u8>(newImage + <usize>(n - i))) { score++; if (score > top) { top = score; best = i; } }
    else { score -= 2; if (top - score > 32) break; }
  }
  return best;
}

/** Find covers of `image` (the new one) and write them to `out`: start in the new image, length, start in the old. */
export function findCovers(image: usize, size: u32, out: usize, room: u32): u32 {
  newImage = image; newSize = size;
  const mask: u32 = (1 << (32 - shift)) - 1;
  let count: u32 = 0;
  let i: u32 = 0;
  let done: u32 = 0;
  let diagonal: u32 = 0;
  let any = false;
  while (i + window + 8 <= size && count < room) {
    const at = image + <usize>i;
    let length: u32 = 0;
    let from: u32 = 0;
    if (any) {
      const o = i + diagonal;
      if (o < oldSize && i - done < 1 << 16) {
        const run = equalRun(oldImage + <usize>o, at, min(min(oldSize - o, size - i), 256));
        if (run >= 8) { length = run + 8; from = o; }
      }
    }
    if (length < 264) {
      const slot = hashAt(at) >>> shift;
      for (let k: u32 = 0; k < ways; k++) {
        const found = load<u32>(table + (<usize>((slot + k) & mask) << 2));
        if (found == 0) break;
        const o = found - 1;
        if (load<u64>(oldImage + <usize>o) != load<u64>(at)) continue;
        const run = equalRun(oldImage + <usize>o, at, min(min(oldSize - o, size - i), 1024));
        if (run >= window && run > length) { length = run; from = o; }
      }
    }
    if (length == 0) { i += 1 + min((i - done) >>> 12, 16); continue; }
    const back = extendBack(from, i, done);
    const forward = extendForward(from, i);
    let start = i - back;
    let old = from - back;
    const end = i + forward;
    const entry = out + <usize>(count * 12);
    if (any && old - start == diagonal && start - done <= 48) {
      // The same diagonal again: one cover.
      const last = entry - 12;
      store<u32>(last, end - load<u32>(last), 4);
    } else {
      if (any && start == done) {
        // Both covers claim the boundary: let the better one have each byte.
        const last = entry - 12;
        const before = load<u32>(last);
        let score: i32 = 0;
        let top: i32 = 0;
        let best: u32 = 0;
        const most = min(min(start - before - 1, old), 1024);
        for (let k: u32 = 1; k <= most && start - before > 1; k++) {
          const byte = load<u8>(image + <usize>(start - k));
          score += i32(byte == load<u8>(oldImage + <usize>(old - k))) - i32(byte == load<u8>(oldImage + <usize>(start - k + diagonal)));
          if (score > top) { top = score; best = k; }
          if (score < -16) break;
        }
        if (best > 0) {
          store<u32>(last, load<u32>(last, 4) - best, 4);
          start -= best;
          old -= best;
        }
      }
      store<u32>(entry, start);
      store<u32>(entry, end - start, 4);
      store<u32>(entry, old, 8);
      count++;
    }
    any = true;
    diagonal = old - start;
    done = end;
    i = max(end, i + 1);
  }
  return count;
}
