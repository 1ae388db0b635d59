/**
 * A tar in one gzip member (RFC 1952), read once from start to end. With a memory of spans, the compressed bytes of an
 * executable that is known already are compared instead of inflated; span-memory.ts says why that is enough.
 */
import { crc32 } from 'node:zlib';
import { crc32Combine } from '../format/crc32-combine.ts';
import { readGzipHeader, readGzipTrailer } from './gzip-frame.ts';
import { flushMarker, Inflater, isDeflateFault } from './inflater.ts';
import type { Member } from './member.ts';
import type { Reading } from './package.ts';
import { leastSpan, SpanMismatch, type SpanLearner } from './span-memory.ts';
import { TarParser } from './tar-parser.ts';

/** Part of the stream that was inflated on its own, or known. */
interface Segment {
  readonly crc: number;
  readonly length: number;
  /** The last block was in it. */
  readonly last: boolean;
}

export async function readTarGz(reading: Reading): Promise<readonly Member[]> {
  const { file, malformed } = reading;
  await readGzipHeader(file, malformed);
  const tar = new TarParser(malformed, reading.keep, reading.work);
  let [crc, length, last] = [0, 0, false];
  while (!last) {
    const segment: Segment = (await skipSegment(reading, tar)) ?? (await inflateSegment(reading, tar));
    crc = crc32Combine(crc, segment.crc, segment.length);
    length += segment.length;
    last = segment.last;
  }
  await readGzipTrailer(file, malformed, crc, length);
  return tar.finish();
}

/** The file that starts here, where its compressed bytes are known. */
async function skipSegment({ file, spans }: Reading, tar: TarParser): Promise<Segment | undefined> {
  if (spans === undefined || tar.fileAhead === undefined) return undefined;
  const known = await spans.skip(file, tar.fileAhead);
  if (known === undefined) return undefined;
  tar.splice(known.sha256);
  return { crc: known.crc32, length: known.size, last: false };
}

/** Inflate with a fresh inflater to the end of the data, or to the next place where a span may start or ends. */
async function inflateSegment(reading: Reading, tar: TarParser): Promise<Segment> {
  const { file, malformed, spans, work } = reading;
  const fileSize = tar.fileAhead ?? 0;
  const learner = fileSize >= leastSpan ? await spans?.learn(file) : undefined;
  let [crc, length] = [0, 0];
  const inflater = new Inflater((bytes) => {
    crc = crc32(bytes, crc);
    length += bytes.length;
    tar.push(bytes);
  }, work);
  const spanEnds = (): boolean => learner !== undefined && length === fileSize;
  const spanStarts = (): boolean => length > 0 && (tar.fileAhead ?? 0) >= leastSpan;
  try {
    const last = await feedUntil(() => spanEnds() || spanStarts(), reading, inflater, learner);
    if (last) return { crc, length, last };
    if (!(await inflater.standsBetweenBlocks())) throw new SpanMismatch('the blocks are not apart here');
    file.advance(flushMarker.length);
    if (spanEnds()) learner?.remember({ size: length, sha256: tar.lastSha256, crc32: crc });
    return { crc, length, last };
  } catch (error) {
    throw isDeflateFault(error) ? malformed(`the compressed data is damaged: ${(error as Error).message}`, { offset: file.position }) : error;
  } finally {
    inflater.close();
  }
}

/**
 * Feed the inflater until the data ends (true), or until a flush marker is ahead and `isCut` holds (false). Everything
 * before a marker is inflated before `isCut` is asked. A marker may be data that looks like one; it is fed like any
 * other.
 */
async function feedUntil(isCut: () => boolean, { file, malformed, spans }: Reading, inflater: Inflater, learner: SpanLearner | undefined): Promise<boolean> {
  for (;;) {
    const window = await file.window(flushMarker.length);
    if (window.length === 0) throw malformed('the compressed data is cut short', { offset: file.position });
    const marker = spans === undefined ? undefined : window.indexOf(flushMarker);
    if (marker === 0 && isCut()) return false;
    const bytes = window.subarray(0, pieceLength(window.length, marker));
    const consumed = await inflater.feed(bytes);
    learner?.update(bytes.subarray(0, consumed));
    file.advance(consumed);
    if (consumed < bytes.length) {
      await inflater.finish();
      return true;
    }
  }
}

/** Up to the next marker; where there is none, what cannot be the start of one. */
function pieceLength(available: number, marker: number | undefined): number {
  if (marker === 0) return flushMarker.length;
  if (marker !== undefined && marker > 0) return marker;
  const undecided = flushMarker.length - 1;
  return marker === undefined || available <= undecided ? available : available - undecided;
}
