import { coverWords, type Covers } from './cover.ts';
import type { Kernel } from './kernel.ts';
import type { Layout, Segment } from './layout.ts';

/** Shorter covers say nothing about where code went. */
const shortest = 24;

/**
 * Where each address of the base went, from the covers: starts and distances, sorted. Of overlapping covers the longer has
 * the overlap. Beyond a cover's end its distance holds on until the next start. What has no bytes in the file (the end of
 * a segment) moves with the segment of the same index.
 */
export function addressMap(words: Uint32Array, layout: Layout): { readonly starts: Uint32Array; readonly shifts: Uint32Array } {
  const order = sortedByOld(words);
  const starts: number[] = [];
  const shifts: number[] = [];
  let currentEnd = 0;
  let currentLength = 0;
  const push = (old: number, distance: number, length: number) => addPiece(layout, old, old + distance, length, starts, shifts);
  let newStarts = newPositions(words);
  for (const i of order) {
    const length = words[i * coverWords + 1] ?? 0;
    let old = words[i * coverWords + 2] ?? 0;
    const distance = (newStarts[i] ?? 0) - old;
    const end = old + length;
    if (old < currentEnd) {
      if (length <= currentLength) {
        if (end <= currentEnd) continue;
        old = currentEnd;
      }
    }
    push(old, distance, end - old);
    currentEnd = end;
    currentLength = length;
  }
  newStarts = new Float64Array(0);
  return merged(starts, shifts, layout);
}

function newPositions(words: Uint32Array): Float64Array {
  const positions = new Float64Array(words.length / coverWords);
  let at = 0;
  for (let i = 0; i < positions.length; i++) {
    at += words[i * coverWords] ?? 0;
    positions[i] = at;
    at += words[i * coverWords + 1] ?? 0;
  }
  return positions;
}

/** Indexes of the covers worth it, by offset in the base, then by place in the list. */
function sortedByOld(words: Uint32Array): Uint32Array {
  const keys: number[] = [];
  for (let i = 0; i * coverWords < words.length; i++) {
    if ((words[i * coverWords + 1] ?? 0) >= shortest) keys.push((words[i * coverWords + 2] ?? 0) * 0x400000 + i);
  }
  return Uint32Array.from(Float64Array.from(keys).sort(), (key) => key % 0x400000);
}

/** The part of a cover within each segment of the base, as addresses. */
function addPiece(layout: Layout, old: number, next: number, length: number, starts: number[], shifts: number[]): void {
  for (const segment of layout.old.segments) {
    const from = Math.max(old, segment.offset);
    const until = Math.min(old + length, segment.offset + segment.size);
    if (from >= until) continue;
    const target = segmentAt(layout.newSegments, next + from - old);
    if (!target) continue;
    const address = from - segment.offset + segment.address;
    starts.push(address);
    shifts.push(next + from - old - target.offset + target.address - address);
  }
}

function segmentAt(segments: readonly Segment[], offset: number): Segment | undefined {
  return segments.find((segment) => offset >= segment.offset && offset < segment.offset + segment.size);
}

/** Sorted by address, with the parts of segments that have no bytes, without repeats. */
function merged(starts: number[], shifts: number[], layout: Layout): { readonly starts: Uint32Array; readonly shifts: Uint32Array } {
  layout.old.segments.forEach((segment, i) => {
    const other = layout.newSegments[i];
    if (!other || segment.memory <= segment.size) return;
    starts.push(segment.address + segment.size);
    shifts.push(other.address + other.size - segment.address - segment.size);
  });
  const order = Float64Array.from(starts, (start, i) => start * 0x400000 + i).sort();
  const keptStarts: number[] = [];
  const keptShifts: number[] = [];
  for (const key of order) {
    const i = key % 0x400000;
    const shift = shifts[i] ?? 0;
    if (keptShifts.at(-1) === shift) continue;
    keptStarts.push(starts[i] ?? 0);
    keptShifts.push(shift);
  }
  return { starts: Uint32Array.from(keptStarts), shifts: Uint32Array.from(keptShifts, (shift) => shift >>> 0) };
}

/** Build the map and hand it to the kernel. */
export function placeMap(kernel: Kernel, covers: Covers, layout: Layout): void {
  const { starts, shifts } = addressMap(kernel.words(covers.at, covers.count * coverWords), layout);
  const top = layout.old.segments.reduce((most, segment) => Math.max(most, segment.address + segment.memory), 0);
  const pages = Math.floor(top / 4096) + 1;
  const startsAt = kernel.allocate(starts.length * 4 + 4);
  const shiftsAt = kernel.allocate(shifts.length * 4 + 4);
  const indexAt = kernel.allocate(pages * 4 + 4);
  kernel.words(startsAt, starts.length).set(starts);
  kernel.words(shiftsAt, shifts.length).set(shifts);
  kernel.exports.useMap(startsAt, shiftsAt, starts.length, indexAt, pages);
}
