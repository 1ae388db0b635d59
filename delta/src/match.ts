import type { ByteSource } from '@slipway/core';
import { placeMap } from './address-map.ts';
import type { BodySetup } from './body.ts';
import { coverLimit, coverWords, type Covers } from './cover.ts';
import { between, lengthOf, type Stretch } from './equal.ts';
import type { LayoutPair } from './image/layout-of.ts';
import type { Kernel } from './kernel.ts';
import { markReferences, placeRegions, placeSegments } from './kernel-image.ts';
import { loader, type Load } from './load.ts';

const wide = 24;
const narrow = 16;

/** Room for covers of a file: one in 128 bytes on average is more than ever pays. */
function coverRoom(size: number): number { return Math.min(coverLimit, Math.floor(size / 128) + 1024); }

/** Two images in the kernel's memory and what matching them needs. */
class Matcher {
  readonly oldAt: number;
  readonly nextAt: number;
  readonly room: number;
  private readonly kernel: Kernel;
  private readonly table: number;
  private readonly bits: number;
  private readonly step: number;
  private readonly found: number;
  private readonly oldSize: number;
  private readonly nextSize: number;

  constructor(kernel: Kernel, oldSize: number, nextSize: number) {
    this.kernel = kernel;
    this.oldSize = oldSize;
    this.nextSize = nextSize;
    this.room = coverRoom(nextSize);
    this.oldAt = kernel.allocate(oldSize + 64);
    this.nextAt = kernel.allocate(nextSize + 64);
    this.found = kernel.allocate(this.room * coverWords * 4);
    // Memory decides how closely a large base is indexed.
    this.step = oldSize > 1 << 26 ? 16 : oldSize > 1 << 25 ? 8 : 4;
    let bits = 12;
    while (bits < 23 && 2 ** bits < (oldSize / this.step) * 1.5) bits++;
    this.bits = bits;
    this.table = kernel.allocate(4 << bits);
  }

  load(base: Load, next: Load): void {
    base(0, this.kernel.bytes(this.oldAt, this.oldSize + 64));
    next(0, this.kernel.bytes(this.nextAt, this.nextSize + 64));
  }

  /** Covers (start, length, old) at `to`; the last round also looks into the gaps. */
  covers(to: number, window: number, last: boolean): number {
    const { exports } = this.kernel;
    exports.indexOld(this.oldAt, this.oldSize, this.table, this.bits, this.step, window);
    const count = exports.findCovers(this.nextAt, this.nextSize, last ? this.found : to, this.room);
    return last ? exports.fillGaps(this.oldAt, this.oldSize, this.nextAt, this.nextSize, this.found, count, to, this.room) : count;
  }
}

/**
 * Covers of the whole new file. With a layout they are found on images whose references are masked first, then twice more
 * with references labelled by where they lead according to the covers before.
 */
export function matchWhole(kernel: Kernel, base: ByteSource, next: ByteSource, pair: LayoutPair | undefined, setup: BodySetup, progress: (done: number) => void): Covers {
  const { exports } = kernel;
  const coversAt = kernel.allocate(coverRoom(next.size) * coverWords * 4);
  const mark = kernel.mark;
  const matcher = new Matcher(kernel, base.size, next.size);
  const [loadBase, loadNext] = [loader(base, 0, base.size), loader(next, 0, next.size)];
  const regions = pair?.next.regions ?? [];
  const marks = kernel.allocate(regions.length > 0 ? next.size / 8 + 64 : 0);
  let placed = 0;
  if (pair && regions.length > 0) {
    kernel.bytes(marks, Math.floor(next.size / 8) + 64).fill(0);
    // Both sides are told the bases of both: a label needs the new one, a mark the one of its side.
    placed = placeRegions(kernel, regions.map((region, i) => ({ ...region, fields: pair.layout.old.regions[i]?.fields ?? region.fields })));
    markReferences(kernel, pair.next, placeSegments(kernel, pair.next.segments), marks, loadNext);
  }
  let covers: Covers = { at: coversAt, count: 0, tail: next.size };
  const rounds = regions.length > 0 ? 3 : 1;
  for (let round = 0; round < rounds; round++) {
    matcher.load(loadBase, loadNext);
    const inRound = kernel.mark;
    if (pair && regions.length > 0) {
      if (round > 0) placeMap(kernel, covers, pair.layout);
      exports.normalise(matcher.oldAt, base.size, setup.marks, setup.regions, setup.regionCount, round === 0 ? 0 : 1);
      exports.normalise(matcher.nextAt, next.size, marks, placed, regions.length, round === 0 ? 0 : 2);
    }
    kernel.release(inRound);
    const count = matcher.covers(coversAt, round === 0 ? wide : narrow, round === rounds - 1);
    covers = relativeCovers(kernel, coversAt, count, next.size, setup);
    progress((round + 1) / rounds);
    // Nothing in common: more rounds find nothing either.
    if (covered(kernel, covers) < next.size / 50) break;
  }
  kernel.release(mark);
  return covers;
}

function covered(kernel: Kernel, covers: Covers): number {
  const words = kernel.words(covers.at, covers.count * coverWords);
  let sum = 0;
  for (let i = 1; i < words.length; i += coverWords) sum += words[i] ?? 0;
  return sum;
}

/** Covers of files that are mostly equal at the same offsets: only what lies between is matched, on its own. */
export function matchBetween(kernel: Kernel, base: ByteSource, next: ByteSource, equal: readonly Stretch[], setup: BodySetup): Covers {
  const [oldGaps, newGaps] = [between(equal, base.size), between(equal, next.size)];
  const [oldSize, newSize] = [lengthOf(oldGaps), lengthOf(newGaps)];
  const room = coverRoom(newSize) * 4 + equal.length + 1024;
  const coversAt = kernel.allocate(room * coverWords * 4);
  const mark = kernel.mark;
  const matcher = new Matcher(kernel, oldSize, newSize);
  matcher.load(gathered(base, oldGaps), gathered(next, newGaps));
  const found = kernel.allocate(matcher.room * coverWords * 4);
  const count = matcher.covers(found, narrow, true);
  const pieces = [...equal.map(({ from, until }): Piece => [from, until - from, from]), ...scattered(kernel.words(found, count * coverWords), oldGaps, newGaps)]
    .toSorted((a, b) => a[0] - b[0]);
  kernel.release(mark);
  const kept = Math.min(pieces.length, room, coverLimit);
  const words = kernel.words(coversAt, kept * coverWords);
  pieces.slice(0, kept).forEach((piece, i) => { words.set(piece, i * coverWords); });
  return relativeCovers(kernel, coversAt, kept, next.size, setup);
}

/** Start, length, place in the base. */
type Piece = readonly [number, number, number];

/** The stretches of a file, one after the other. */
function gathered(file: ByteSource, stretches: readonly Stretch[]): Load {
  return (_, to) => {
    let at = 0;
    for (const { from, until } of stretches) {
      loader(file, 0, file.size)(from, to.subarray(at, at + until - from));
      at += until - from;
    }
    to.fill(0, at);
  };
}

/** Covers of gathered stretches where they are in the files, cut where stretches end. */
function scattered(words: Uint32Array, oldGaps: readonly Stretch[], newGaps: readonly Stretch[]): readonly Piece[] {
  const pieces: Piece[] = [];
  const [places, oldPlaces] = [new Places(newGaps), new Places(oldGaps)];
  for (let i = 0; i < words.length; i += coverWords) {
    const [start = 0, length = 0, old = 0] = words.subarray(i, i + coverWords);
    for (let done = 0; done < length;) {
      const [from, left] = places.of(start + done);
      const [oldFrom, oldLeft] = oldPlaces.of(old + done);
      const run = Math.min(length - done, left, oldLeft);
      pieces.push([from, run, oldFrom]);
      done += run;
    }
  }
  return pieces;
}

/** Where gathered bytes are in the file, and how many follow each other there. */
class Places {
  private readonly stretches: readonly Stretch[];
  private readonly starts: readonly number[];

  constructor(stretches: readonly Stretch[]) {
    this.stretches = stretches;
    let at = 0;
    this.starts = stretches.map(({ from, until }) => { at += until - from; return at - (until - from); });
  }

  of(position: number): readonly [number, number] {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? 0) <= position) low = middle; else high = middle;
    }
    const stretch = this.stretches[low] ?? { from: 0, until: 0 };
    const within = position - (this.starts[low] ?? 0);
    return [stretch.from + within, stretch.until - stretch.from - within];
  }
}

/** From starts to literal counts; covers that begin within a reference lose their first bytes. */
function relativeCovers(kernel: Kernel, at: number, count: number, nextSize: number, setup: BodySetup): Covers {
  const words = kernel.words(at, count * coverWords);
  let end = 0;
  let kept = 0;
  for (let i = 0; i < words.length; i += coverWords) {
    const [start = 0, length = 0, old = 0] = words.subarray(i, i + coverWords);
    const skip = setup.regionCount > 0 ? kernel.exports.withinReference(setup.marks, setup.regions, setup.regionCount, old) : 0;
    if (length <= skip) continue;
    words[kept] = start + skip - end;
    words[kept + 1] = length - skip;
    words[kept + 2] = old + skip;
    kept += coverWords;
    end = start + length;
  }
  return { at, count: kept / coverWords, tail: nextSize - end };
}
