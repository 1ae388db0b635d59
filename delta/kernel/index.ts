// What the host may call.
import { freshSlots, codeNumber, numberSlots } from './coder';
import { prepareX86 } from './x86';

export { startCoder, finishCoder, coderOverrun, topicTable } from './coder';
export { useImage, useRegion, useTables, markCount } from './image';
export { sweepX86 } from './x86';
export { sweepArm64 } from './arm64';
export { sweepRecords, sweepData, sweepFrames, sweepGoFuncs } from './tables';
export { useBase, basePagesBytes } from './base';
export { useMap } from './map';
export { normalise } from './normalise';
export { fillGaps } from './fill';
export { withinReference } from './trim';
export { equalRun as equalBytes, indexOld, findCovers } from './match';
export { modelBytes, useModels, startBody, runBody, gapTotal } from './body';

export function prepare(): void { prepareX86(); }

const models: usize = memory.data(16 * 328 * 4, 16);

export function startNumbers(): void { freshSlots(models, 16 * 328); }

/** A number under one of 16 models. */
export function number(model: u32, value: u32): u32 { return codeNumber(models + <usize>(model * numberSlots << 2), value, 255); }

/** First address that the host may use. */
export function heapStart(): usize { return (__heap_base + 63) & ~63; }
