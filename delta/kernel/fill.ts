// Between two covers, what changed is near: short matches around the ends of both, where a cover is cheap to tell.
// Only the encoder does this.

const heads: usize = memory.data(8192 * 4, 16);
const links: usize = memory.data(40000 * 4, 16);
const spots: usize = memory.data(40000 * 4, 16);
const windowLimit: u32 = 12288;
const seed: u32 = 5;
let filled: u32 = 0;

let oldImage: usize = 0;
let oldSize: u32 = 0;
let newImage: usize = 0;

// @ts-ignore: decorator
@inline
function hashSeed(at: usize): u32 {
  const v = load<u64>(at) << 24;
  return <u32>((v * 0x9e3779b97f4a7c15) >>> 51);
}

function insertWindow(from: u32, until: u32): void {
  for (let p = from; p < until && filled < 40000; p++) {
    const slot = heads + (<usize>hashSeed(oldImage + <usize>p) << 2);
    store<u32>(links + (<usize>filled << 2), load<u32>(slot));
    store<u32>(spots + (<usize>filled << 2), p);
    filled++;
    store<u32>(slot, filled);
  }
}

// @ts-ignore: decorator
@inline
function bits(value: u32): i32 { return 32 - <i32>clz(value); }

/** What telling a cover costs, in quarters of a literal byte's four bits: cheap on or near the expected diagonal. */
function jumpCost(from: u32, expected: u32): i32 {
  const away = <i32>(from - expected);
  return away == 0 ? 10 : 16 + 2 * bits(<u32>abs(away));
}

/** Copies the covers of `from` (start, length, old) to `to` with those found in the gaps; returns how many there are. */
export function fillGaps(old: usize, oldBytes: u32, image: usize, size: u32, from: usize, count: u32, to: usize, room: u32): u32 {
  oldImage = old; oldSize = oldBytes; newImage = image;
  let total: u32 = 0;
  let end: u32 = 0;
  let oldEnd: u32 = 0;
  for (let i: u32 = 0; i <= count && total < room; i++) {
    const cover = from + <usize>(i * 12);
    const start = i < count ? load<u32>(cover) : size;
    const oldStart = i < count ? load<u32>(cover, 8) : oldEnd + (start - end);
    const gap = start - end;
    if (gap >= seed + 1 && gap <= 1 << 16) total = fillGap(end, start, oldEnd, oldStart, to, total, room);
    if (i < count && total < room) {
      memory.copy(to + <usize>(total * 12), cover, 12);
      total++;
      end = start + load<u32>(cover, 4);
      oldEnd = oldStart + load<u32>(cover, 4);
    }
  }
  return total;
}

function fillGap(a: u32, b: u32, c: u32, d: u32, to: usize, total: u32, room: u32): u32 {
  const gap = b - a;
  const span = min(gap + (gap >> 1) + 512, windowLimit);
  const last = oldSize > 16 ? oldSize - 16 : 0;
  const low1 = c > 256 ? c - 256 : 0;
  const high1 = min(c + span, last);
  const low2 = d > span ? d - span : 0;
  const high2 = min(d + 256, last);
  memory.fill(heads, 0, 8192 * 4);
  filled = 0;
  if (low1 < high1) insertWindow(low1, high1);
  if (low2 < high2 && (low2 >= high1 || high2 <= low1)) insertWindow(low2, high2);
  else if (low2 < high2) {
    if (low2 < low1) insertWindow(low2, low1);
    if (high2 > high1) insertWindow(high1, high2);
  }
  let at = a;
  let done = a;
  let expected = c;
  while (at + seed <= b && total < room) {
    let best: i32 = 0;
    let bestOld: u32 = 0;
    let entry = load<u32>(heads + (<usize>hashSeed(newImage + <usize>at) << 2));
    for (let k = 0; k < 24 && entry != 0; k++) {
      const o = load<u32>(spots + (<usize>(entry - 1) << 2));
      let n: u32 = 0;
      const most = min(b - at, oldSize - o);
      while (n < most && load<u8>(oldImage + <usize>(o + n)) == load<u8>(newImage + <usize>(at + n))) n++;
      if (n >= seed) {
        const gain = <i32>n * 4 - jumpCost(o, expected + (at - done));
        if (gain > best) { best = gain; bestOld = o; }
      }
      entry = load<u32>(links + (<usize>(entry - 1) << 2));
    }
    if (best <= 0) { at++; continue; }
    // Extend back over what is equal, forward while it pays.
    let start = at;
    let old = bestOld;
    while (start > done && old > 0 && load<u8>(oldImage + <usize>(old - 1)) == load<u8>(newImage + <usize>(start - 1))) { start--; old--; }
    let n: u32 = at - start;
    let score: i32 = 0;
    let top: i32 = 0;
    let kept: u32 = n;
    const most = min(b - start, oldSize - old);
    while (n < most) {
      const same = load<u8>(oldImage + <usize>(old + n)) == load<u8>(newImage + <usize>(start + n));
      n++;
      score += same ? 4 : -9;
      if (score > top) { top = score; kept = n; }
      if (top - score > 40) break;
    }
    const out = to + <usize>(total * 12);
    store<u32>(out, start);
    store<u32>(out, kept, 4);
    store<u32>(out, old, 8);
    total++;
    done = start + kept;
    expected = old + kept;
    at = done;
  }
  return total;
}
