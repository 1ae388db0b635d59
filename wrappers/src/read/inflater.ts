/**
 * DEFLATE (RFC 1951) through node:zlib, fed piece by piece, with exact answers to two questions that a stream leaves
 * open: how many bytes belonged to the data, and does it stand between two blocks now.
 */
import { randomBytes } from 'node:crypto';
import { createInflateRaw, type InflateRaw } from 'node:zlib';
import type { Work } from './work.ts';

/** What `Z_SYNC_FLUSH` ends with: LEN and NLEN of an empty stored block (RFC 1951 section 3.2.4). */
export const flushMarker: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** A last block of no bytes: BFINAL, fixed codes, end of block. */
export const emptyLastBlock: Buffer = Buffer.from([0x03, 0x00]);

const challengeBytes = 256;

/** True for what zlib says about the data, as opposed to what a sink threw. */
export function isDeflateFault(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}

export class Inflater {
  readonly #stream: InflateRaw = createInflateRaw({ chunkSize: 64 * 1024 });
  #sink: (bytes: Uint8Array) => void;
  #failure: unknown;
  #ended = false;
  #wake: () => void = () => {};

  /** `sink` gets views in order; what it throws ends the work and comes out of `feed`. */
  constructor(sink: (bytes: Uint8Array) => void, work: Work) {
    this.#sink = (bytes) => {
      work.bytesInflated += bytes.length;
      sink(bytes);
    };
    this.#stream.on('data', (bytes: Uint8Array) => this.#guard(() => this.#sink(bytes)));
    this.#stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.#failure ??= error;
      this.#wake();
    });
  }

  /**
   * Inflate `bytes`; they must not change meanwhile. Returns how many belonged to the data: fewer than given once it
   * has ended. Throws what zlib or the sink throws.
   */
  async feed(bytes: Uint8Array): Promise<number> {
    const before = this.#stream.bytesWritten;
    await this.#until(() => this.#stream.write(bytes, () => this.#wake()));
    return this.#stream.bytesWritten - before;
  }

  /** All was fed: wait for the last output. Throws when the data does not end here. */
  async finish(): Promise<void> {
    if (!this.#ended) await this.#until(() => this.#stream.end());
    this.close();
  }

  /**
   * True when the decoder, having consumed all but the flush marker at the end of some blocks, stood before the
   * length of a stored block that is not the last one: with the marker, it stands byte-aligned between two blocks.
   * Uses the inflater up.
   *
   * The length of zero is replaced by 256 and answered with as many random bytes and a last block. A decoder at that
   * place copies them out and ends with the last byte. A decoder at any other place (within a Huffman block, a table
   * or another stored block) reads the same bytes shifted or as codes, and would have to put out each of 256 bytes
   * that were drawn after all its state was fixed. A literal that is decoded from bits other than the byte's own hits
   * it once in 256 times; from its own bits, only where code and value agree, which canonical codes (section 3.2.2)
   * allow for few of the 256 values; a match copies what is older than the byte. Each byte is a guess of at most one
   * half, all together less than 2^-200.
   */
  async standsBetweenBlocks(): Promise<boolean> {
    const challenge = randomBytes(challengeBytes);
    const length = Buffer.from([challengeBytes & 0xff, challengeBytes >> 8, ~challengeBytes & 0xff, (~challengeBytes >> 8) & 0xff]);
    const answer: Uint8Array[] = [];
    this.#sink = (bytes) => answer.push(bytes);
    try {
      const question = Buffer.concat([length, challenge, emptyLastBlock]);
      const consumed = await this.feed(question);
      await this.finish();
      return consumed === question.length && Buffer.concat(answer).equals(challenge);
    } catch {
      // zlib's refusal is the answer "no".
      return false;
    }
  }

  /** Give zlib's memory back. */
  close(): void {
    this.#stream.destroy();
  }

  async #until(start: () => void): Promise<void> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        start();
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** An error thrown within an event handler would be nobody's; the next answer carries it. */
  #guard(action: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      action();
    } catch (error) {
      this.#failure = error;
    }
  }
}
