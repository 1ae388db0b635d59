/**
 * Patches between executables. `diff` makes one, `applyPatch` makes the new file from the old one, frame by frame, in
 * bounded memory. Pure: bytes come in through core's ByteSource, SHA-256 as a port. docs/formats/patch.md is the format.
 */
export { applyPatch, type Frame } from './apply.ts';
export { diff, type DiffResult, type DiffStats } from './diff.ts';
export { readPatchHeader, type PatchHeader } from './header.ts';
export { type DeltaPorts, type Hasher } from './sha256.ts';

/** Blocks, for reuse and repair; docs/formats/blocks.md is the format. */
export { blockFileSize, decodeBlockIndex, indexSizeLimit, type BlockIndex } from './blocks/block-index.ts';
export { defaultCut, type Cut } from './blocks/chunks.ts';
export { type BlockCodec } from './blocks/codec.ts';
export { makeBlocks } from './blocks/make-blocks.ts';
export { planBlocks, type BlockPlan, type ByteRange } from './blocks/plan-blocks.ts';
export { rebuild, type Rebuilding } from './blocks/rebuild.ts';

/** Which way to a release costs least. */
export { defaultPrices, routes, type AvailablePatch, type Prices, type Route, type RouteQuestion, type WantedComponent } from './route/routes.ts';
