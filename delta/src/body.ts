import { placeMap } from './address-map.ts';
import type { Covers } from './cover.ts';
import type { Kernel } from './kernel.ts';
import { markReferences, placePlaces, placeRegions, placeSegments } from './kernel-image.ts';
import type { Layout } from './layout.ts';
import type { Load } from './load.ts';

export const frameSlack = 64;

/** What the kernel's walk needs besides the covers, in its memory. */
export interface BodySetup { readonly regions: number; readonly regionCount: number; readonly marks: number; readonly places: number; readonly placeCount: number; readonly baseSize: number }

/** Mark the references of the base and hand the kernel everything that does not depend on the covers. */
export function prepareBody(kernel: Kernel, layout: Layout, baseSize: number, load: Load): BodySetup {
  const segments = placeSegments(kernel, layout.old.segments);
  const regions = placeRegions(kernel, layout.old.regions);
  const places = placePlaces(kernel, layout.newSegments);
  let marks = 0;
  if (layout.old.regions.length > 0) {
    marks = kernel.allocate(baseSize / 8 + 64);
    kernel.bytes(marks, Math.floor(baseSize / 8) + 64).fill(0);
    markReferences(kernel, layout.old, segments, marks, load);
  }
  return { regions, regionCount: layout.old.regions.length, marks, places, placeCount: layout.newSegments.length, baseSize };
}

/** Start the walk in the coder's current mode. */
export function startWalk(kernel: Kernel, setup: BodySetup, covers: Covers, gaps: number, gapRoom: number): void {
  kernel.exports.startBody(covers.at, covers.count, covers.tail, setup.regions, setup.regionCount, setup.marks, setup.baseSize, setup.places, setup.placeCount, gaps, gapRoom);
}

/** Give the kernel its base, the map of addresses and room for its models. */
export function useBaseAndMap(kernel: Kernel, covers: Covers, layout: Layout, pages: number, load: Load): void {
  kernel.exports.useModels(kernel.allocate(kernel.exports.modelBytes()));
  kernel.host.readBase = (offset, to) => { load(offset, to); };
  kernel.exports.useBase(pages);
  placeMap(kernel, covers, layout);
}

/** Runs the walk frame by frame; `frame` has the bytes in and out, each call yields how many of them are done. */
export function* walk(kernel: Kernel, frame: number, size: number, frameSize: number, fill?: (position: number, bytes: Uint8Array) => void): Generator<{ readonly position: number; readonly bytes: Uint8Array }> {
  let over = 0;
  for (let position = 0; position < size; position += frameSize) {
    const length = Math.min(frameSize, size - position);
    fill?.(position, kernel.bytes(frame, length + frameSlack));
    if (over < length) over += kernel.exports.runBody(frame + over, position + over, length - over);
    yield { position, bytes: kernel.bytes(frame, length) };
    over -= length;
    if (over > 0) kernel.bytes(frame, over).set(kernel.bytes(frame + length, over));
  }
}
