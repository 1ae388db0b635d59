/**
 * Every distinct compressed span is inflated once.
 *
 * The same executable lies in every container of its target as the same DEFLATE blocks. What is remembered of such a
 * span S, and why bytes equal to it elsewhere mean the same content, in a stream that reads A · S · B:
 *
 * 1. A was inflated, and the decoder then stood byte-aligned between two blocks (`Inflater.standsBetweenBlocks`). All
 *    that a decoder carries across that point is its output, which later blocks may copy from, up to 32 KiB back
 *    (RFC 1951 section 3.2: nothing else outlives a block).
 * 2. When S was learned, it was inflated by a fresh inflater, which has no earlier output and refuses a distance that
 *    reaches before its start. It did not refuse: S copies from nothing before itself and gives the same bytes after
 *    any A.
 * 3. At the end of S the decoder again stood byte-aligned between two blocks, and no block of S was the last; so B
 *    starts there.
 * 4. B is inflated by a fresh inflater too. If it copies from A or S that inflater refuses, and the package is read
 *    again without shortcuts, as it is after any other failure: a shortcut can only ever confirm.
 *
 * S is recognised by its SHA-256, or byte by byte where whoever packed it still has its bytes. CRC-32 and length of the
 * whole are still compared with what the container states, the CRC being combined from the parts.
 */
import { createHash, type Hash } from 'node:crypto';
import { flushMarker } from './inflater.ts';
import type { SequentialFile } from './sequential-file.ts';

/** What was inside a span. */
export interface SpanContent {
  readonly size: number;
  readonly sha256: string;
  readonly crc32: number;
}

/** A span whose content is known. */
export interface KnownSpan extends SpanContent {
  /** Its first 16 compressed bytes. */
  readonly head: Buffer;
  /** Go over the compressed bytes ahead; false where they turn out to be others. */
  readonly goOver: (file: SequentialFile) => Promise<boolean>;
}

/** Below this, inflating costs less than the bookkeeping. */
export const leastSpan = 64 * 1024;

/** It looked like a span and was not one: the package is to be read again without shortcuts. */
export class SpanMismatch extends Error {
  override readonly name = 'SpanMismatch';
}

/** What distinguishes spans cheaply: their first compressed bytes. */
async function headOf(file: SequentialFile): Promise<Buffer> {
  return Buffer.from((await file.window(headLength)).subarray(0, headLength));
}

export const headLength = 16;

export class SpanMemory {
  readonly #spans: KnownSpan[];

  /** `proven` were inflated by themselves, block by block, when they were made: they need no learning. */
  constructor(proven: readonly KnownSpan[] = []) {
    this.#spans = [...proven];
  }

  /**
   * Go over the compressed bytes ahead when they are a known span of `size` bytes. Undefined when they cannot be one
   * and nothing was read; throws SpanMismatch when only their start was.
   */
  async skip(file: SequentialFile, size: number): Promise<SpanContent | undefined> {
    if (size < leastSpan) return undefined;
    const head = await headOf(file);
    const [span, ...others] = this.#spans.filter((one) => one.size === size && one.head.equals(head));
    // Which of several it is, only inflating would tell.
    if (span === undefined || others.length > 0) return undefined;
    if (!(await span.goOver(file))) throw new SpanMismatch(`not the span of ${size} bytes that it starts like`);
    return span;
  }

  /** Start to learn the span that begins at the file's position; to be fed the same bytes as a fresh inflater. */
  async learn(file: SequentialFile): Promise<SpanLearner> {
    return new SpanLearner(this.#spans, await headOf(file));
  }
}

export class SpanLearner {
  readonly #spans: KnownSpan[];
  readonly #head: Buffer;
  readonly #hash: Hash = createHash('sha256');
  #length = 0;

  constructor(spans: KnownSpan[], head: Buffer) {
    this.#spans = spans;
    this.#head = head;
  }

  update(compressed: Uint8Array): void {
    this.#hash.update(compressed);
    this.#length += compressed.length;
  }

  /** The decoder stands between two blocks, before the flush marker that ends the span. */
  remember(content: SpanContent): void {
    this.update(flushMarker);
    const [length, sha256] = [this.#length, this.#hash.digest('hex')];
    this.#spans.push({ ...content, head: this.#head, goOver: async (file) => (await file.skip(length)) === sha256 });
  }
}
