/**
 * One folder per packaging ecosystem, the executor that writes what they plan, and the verifier that opens it again.
 * This is the one list of wrappers: a new one is a folder and a line here.
 */
import type { Wrapper } from '@slipway/core';
import { archive } from './archive/archive.ts';
import { homebrew } from './homebrew/homebrew.ts';
import { npm } from './npm/npm.ts';
import { pip } from './pip/pip.ts';
import { scoop } from './scoop/scoop.ts';
import { winget } from './winget/winget.ts';

export const wrappers: readonly Wrapper[] = [archive, npm, pip, homebrew, scoop, winget];

export { verifyDist, type VerifyOptions } from './verify/verify.ts';
export { type VerifyCell, type VerifyProblem, type VerifyReport } from './verify/report.ts';
export { openBlockCache, type BlockCache } from './write/block-cache.ts';
export { compressor } from './write/compression.ts';
export { deflateOnce, provenSpan, type Deflated } from './write/deflate-once.ts';
export { gzipBytes, gzipOf } from './write/gzip.ts';
export { publisherFiles, type PublisherFile } from './archive/publisher-files.ts';
export { executePlan, measure, type Binary, type Executor } from './write/execute.ts';
