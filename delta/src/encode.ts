import { SlipwayError, type ByteSource } from '@slipway/core';
import { frameSlack, prepareBody, startWalk, useBaseAndMap, walk, type BodySetup } from './body.ts';
import { concat, writeCovers, type Covers } from './cover.ts';
import { lengthOf, type Stretch } from './equal.ts';
import type { Part } from './header.ts';
import type { LayoutPair } from './image/layout-of.ts';
import type { Kernel } from './kernel.ts';
import { emptyLayout, type Layout } from './layout.ts';
import { writeLayout } from './layout-coding.ts';
import { loader } from './load.ts';
import { matchBetween, matchWhole } from './match.ts';

/** A part as it is in the patch. */
export interface Encoded { readonly part: Omit<Part, 'baseOffset'>; readonly bytes: Uint8Array; readonly variant: string; readonly streams: Readonly<Record<string, number>> }

export const frameSize = 1 << 22;

/** Encode one part: with what the images tell, or, where the files are mostly equal in place, with only what changed. */
export function encodePart(
  kernel: Kernel, base: ByteSource, next: ByteSource, pair: LayoutPair | undefined, equal: readonly Stretch[] | undefined, progress: (done: number) => void,
): Encoded {
  const layout: Layout = equal ? { ...emptyLayout, pageHashes: pair?.layout.pageHashes ?? [] } : (pair?.layout ?? emptyLayout);
  const mark = kernel.mark;
  const setup = prepareBody(kernel, layout, base.size, loader(base, 0, base.size));
  const covers = equal ? matchBetween(kernel, base, next, equal, setup) : matchWhole(kernel, base, next, pair, setup, (done) => { progress(done * 0.6); });
  const coverBytes = writeCovers(kernel, covers);
  const body = encodeBody(kernel, base, next, layout, covers, setup);
  kernel.release(mark);
  progress(1);
  const layoutBytes = writeLayout(layout);
  return {
    part: { baseSize: base.size, nextSize: next.size, layoutSize: layoutBytes.length, coverCount: covers.count, coversSize: coverBytes.length, bodySize: body.length },
    bytes: concat([layoutBytes, coverBytes, body]),
    variant: equal ? (lengthOf(equal) > 0 ? 'in place' : 'plain') : pair ? 'image' : 'plain',
    streams: { layout: layoutBytes.length, covers: coverBytes.length, body: body.length },
  };
}

function encodeBody(kernel: Kernel, base: ByteSource, next: ByteSource, layout: Layout, covers: Covers, setup: BodySetup): Uint8Array {
  const { exports } = kernel;
  const mark = kernel.mark;
  useBaseAndMap(kernel, covers, layout, kernel.allocate(exports.basePagesBytes()), loader(base, 0, base.size));
  const frame = kernel.allocate(Math.min(frameSize, next.size) + frameSlack);
  const fill = loader(next, 0, next.size);
  // Differences are noted first: the coder tells how far it is to the next one.
  const room = Math.min(next.size, 1 << 24) + 1;
  const gaps = kernel.allocate(0);
  const limit = noteGaps(kernel, setup, covers, frame, next, fill, gaps, room);
  const parts: Uint8Array[] = [];
  kernel.host.flush = (bytes) => { parts.push(bytes); };
  exports.startCoder(1);
  startWalk(kernel, setup, covers, gaps, limit);
  for (const _ of walk(kernel, frame, next.size, frameSize, fill)) { /* each frame is coded as it is passed */ }
  exports.finishCoder();
  kernel.release(mark);
  return concat(parts);
}

/** The distances between differences, at `gaps`; they take memory as they come. */
function noteGaps(kernel: Kernel, setup: BodySetup, covers: Covers, frame: number, next: ByteSource, fill: (position: number, bytes: Uint8Array) => void, gaps: number, room: number): number {
  const { exports } = kernel;
  kernel.allocate(room * 4);
  exports.startCoder(2);
  startWalk(kernel, setup, covers, gaps, room);
  for (const _ of walk(kernel, frame, next.size, frameSize, fill)) { /* noted */ }
  if (exports.gapTotal() > room) throw new SlipwayError('INTERNAL', `more than ${room} differences`);
  return room;
}
