import { SlipwayError, type ByteSource } from '@slipway/core';
import { applyPatch, loader } from './apply.ts';
import { frameSlack, prepareBody, startWalk, useBaseAndMap, walk, type BodySetup } from './body.ts';
import { hex } from './bytes.ts';
import { concat, coverWords, writeCovers, type Covers } from './cover.ts';
import { placeMap } from './address-map.ts';
import { writeHeader, type Part } from './header.ts';
import { hashPages, pageHashesOf } from './image/code-signature.ts';
import { parseImage } from './image/image.ts';
import { layoutOf, type LayoutPair } from './image/layout-of.ts';
import { Kernel } from './kernel.ts';
import { markReferences, placeRegions, placeSegments } from './kernel-image.ts';
import { emptyLayout, type Layout, type PageHashes, type Side } from './layout.ts';
import { writeLayout } from './layout-coding.ts';
import { checkOf, type DeltaPorts } from './sha256.ts';

export interface DiffStats {
  readonly patchSize: number;
  readonly baseSize: number;
  readonly nextSize: number;
  /** Which variant was the smallest. */
  readonly variant: string;
  /** Bytes per part of the patch. */
  readonly streams: Readonly<Record<string, number>>;
}

export interface DiffResult { readonly patch: Uint8Array; readonly stats: DiffStats }

const frameSize = 1 << 22;

export function diff(ports: DeltaPorts, base: ByteSource, next: ByteSource, progress?: (done: number) => void): DiffResult {
  const pair = layoutPair(ports, base, next);
  const { part, bytes } = encodePart(base, pair ? withoutHashes(base, next, pair) : next, pair);
  progress?.(0.8);
  const whole = ports.sha256();
  const checks: Uint8Array[] = [];
  for (let at = 0; at < next.size; at += frameSize) {
    whole.update(next.read(at, Math.min(frameSize, next.size - at)));
    checks.push(checkOf(whole));
  }
  const baseHash = ports.sha256();
  for (let at = 0; at < base.size; at += frameSize) baseHash.update(base.read(at, Math.min(frameSize, base.size - at)));
  const header = writeHeader(ports, {
    baseSize: base.size, nextSize: next.size, baseSha256: hex(baseHash.digest()), nextSha256: hex(whole.digest()), frameSize, parts: [part], checks,
  });
  const patch = concat([header, bytes]);
  for (const _ of applyPatch(ports, bytesOf(patch), base)) { /* every frame is checked against its hash */ }
  progress?.(1);
  return {
    patch,
    stats: {
      patchSize: patch.length, baseSize: base.size, nextSize: next.size, variant: pair ? 'image' : 'plain',
      streams: { header: header.length, layout: part.layoutSize, covers: part.coversSize, body: part.bodySize, coverCount: part.coverCount },
    },
  };
}

function bytesOf(bytes: Uint8Array): ByteSource { return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }; }

interface Pair extends LayoutPair { readonly oldHashes: readonly PageHashes[] }

function layoutPair(ports: DeltaPorts, base: ByteSource, next: ByteSource): Pair | undefined {
  const old = parseImage(base);
  const image = old && parseImage(next);
  const pair = old && image ? layoutOf(base, old, next, image) : undefined;
  if (!old || !image || !pair) return undefined;
  // Hashes that are not those of the pages are shipped like anything else.
  const pageHashes = pageHashesOf(next, image).filter((place) => {
    const hashes = hashPages(ports, next, place);
    return next.read(place.at, hashes.length).every((byte, i) => byte === hashes[i]);
  });
  return { ...pair, layout: { ...pair.layout, pageHashes }, oldHashes: pageHashesOf(base, old) };
}

/** The new file with the base's page hashes in the place of its own: what is made anew need not be told. */
function withoutHashes(base: ByteSource, next: ByteSource, pair: Pair): ByteSource {
  return pair.layout.pageHashes.reduce((file, place, i) => {
    const hashes = new Uint8Array(Math.ceil(place.limit / 2 ** place.pageBits) * 32);
    const old = pair.oldHashes[i];
    if (old) hashes.set(base.read(old.at, Math.min(hashes.length, Math.ceil(old.limit / 2 ** old.pageBits) * 32)));
    return overlaid(file, place.at, hashes);
  }, next);
}

/** A file with other bytes at one place. */
function overlaid(file: ByteSource, at: number, bytes: Uint8Array): ByteSource {
  return {
    size: file.size,
    read(offset, length) {
      const from = Math.max(at, offset);
      const until = Math.min(at + bytes.length, offset + length);
      if (from >= until) return file.read(offset, length);
      const copy = file.read(offset, length).slice();
      copy.set(bytes.subarray(from - at, until - at), from - offset);
      return copy;
    },
  };
}

function encodePart(base: ByteSource, next: ByteSource, pair: LayoutPair | undefined): { readonly part: Part; readonly bytes: Uint8Array } {
  const layout = pair?.layout ?? emptyLayout;
  const kernel = new Kernel();
  const setup = prepareBody(kernel, layout, base.size, loader(base, 0, base.size));
  const covers = findCovers(kernel, base, next, layout, pair?.next, setup);
  const coverBytes = writeCovers(kernel, covers);
  const body = encodeBody(kernel, base, next, layout, covers, setup);
  const layoutBytes = writeLayout(layout);
  const part: Part = {
    baseOffset: 0, baseSize: base.size, nextSize: next.size, layoutSize: layoutBytes.length, coverCount: covers.count, coversSize: coverBytes.length, bodySize: body.length,
  };
  return { part, bytes: concat([layoutBytes, coverBytes, body]) };
}

/** Covers, found on images whose references are masked first and then labelled by where they lead. */
function findCovers(kernel: Kernel, base: ByteSource, next: ByteSource, layout: Layout, nextSide: Side | undefined, setup: BodySetup): Covers {
  const { exports } = kernel;
  const room = Math.min(1 << 21, (next.size >> 4) + 16);
  const coversAt = kernel.allocate(room * coverWords * 4);
  const mark = kernel.mark;
  const found = kernel.allocate(room * coverWords * 4);
  const oldAt = kernel.allocate(base.size + 64);
  const nextAt = kernel.allocate(next.size + 64);
  let nextMarks = 0;
  let nextRegions = 0;
  if (nextSide) {
    nextMarks = kernel.allocate(next.size / 8 + 64);
    kernel.bytes(nextMarks, Math.floor(next.size / 8) + 64).fill(0);
    nextRegions = placeRegions(kernel, nextSide.regions.map((region, i) => ({ ...region, fields: layout.old.regions[i]?.fields ?? region.fields })));
    markReferences(kernel, nextSide, placeSegments(kernel, nextSide.segments), nextMarks, loader(next, 0, next.size));
  }
  const step = base.size > 1 << 26 ? 8 : 4;
  let bits = 12;
  while (bits < 24 && 2 ** bits < base.size / step * 1.5) bits++;
  const table = kernel.allocate(4 << bits);
  let covers: Covers = { at: coversAt, count: 0, tail: next.size };
  const rounds = nextSide && nextSide.regions.length > 0 ? 3 : 1;
  for (let round = 0; round < rounds; round++) {
    base.size > 0 && loader(base, 0, base.size)(0, kernel.bytes(oldAt, base.size + 64));
    loader(next, 0, next.size)(0, kernel.bytes(nextAt, next.size + 64));
    if (rounds > 1 && nextSide) {
      if (round > 0) placeMap(kernel, covers, layout);
      exports.normalise(oldAt, base.size, setup.marks, setup.regions, setup.regionCount, round === 0 ? 0 : 1);
      exports.normalise(nextAt, next.size, nextMarks, nextRegions, nextSide.regions.length, round === 0 ? 0 : 2);
    }
    exports.indexOld(oldAt, base.size, table, bits, step, round === 0 ? 24 : 16);
    let count = exports.findCovers(nextAt, next.size, found, room);
    if (round === rounds - 1) count = exports.fillGaps(oldAt, base.size, nextAt, next.size, found, count, coversAt, room);
    else kernel.bytes(coversAt, count * 12).set(kernel.bytes(found, count * 12));
    covers = relativeCovers(kernel.words(coversAt, count * coverWords), coversAt, next.size, setup, kernel);
  }
  kernel.release(mark);
  return covers;
}

/** From absolute starts to literal counts; covers that begin within a reference lose their first bytes. */
function relativeCovers(words: Uint32Array, at: number, nextSize: number, setup: BodySetup, kernel: Kernel): Covers {
  let end = 0;
  let kept = 0;
  for (let i = 0; i < words.length; i += coverWords) {
    let [start = 0, length = 0, old = 0] = words.subarray(i, i + 3);
    if (setup.regionCount > 0) {
      const skip = kernel.exports.withinReference(setup.marks, setup.regions, setup.regionCount, old);
      start += skip;
      old += skip;
      length -= skip;
    }
    if (length <= 0) continue;
    words.set([start - end, length, old], kept);
    kept += coverWords;
    end = start + length;
  }
  return { at, count: kept / coverWords, tail: nextSize - end };
}

function encodeBody(kernel: Kernel, base: ByteSource, next: ByteSource, layout: Layout, covers: Covers, setup: BodySetup): Uint8Array {
  const { exports } = kernel;
  const mark = kernel.mark;
  const load = loader(base, 0, base.size);
  useBaseAndMap(kernel, covers, layout, kernel.allocate(exports.basePagesBytes()), load);
  const frame = kernel.allocate(frameSize + frameSlack);
  const fill = loader(next, 0, next.size);
  const room = Math.min(next.size + 1, 1 << 23);
  const gaps = kernel.allocate(room * 4);
  exports.startCoder(2);
  startWalk(kernel, setup, covers, gaps, room);
  for (const _ of walk(kernel, frame, next.size, frameSize, fill)) { /* gaps are noted */ }
  if (exports.gapTotal() > room) throw new SlipwayError('INTERNAL', 'too many differences');
  const parts: Uint8Array[] = [];
  kernel.host.flush = (bytes) => { parts.push(bytes); };
  exports.startCoder(1);
  startWalk(kernel, setup, covers, gaps, room);
  for (const _ of walk(kernel, frame, next.size, frameSize, fill)) { /* coded */ }
  exports.finishCoder();
  if ((globalThis as any).STATS) { const t = kernel.words(exports.topicTable(), 64); (globalThis as any).STATS(Array.from(t), kernel, covers); }
  kernel.release(mark);
  return concat(parts);
}
