/**
 * A file read once, from its first byte to its last, digested on the way. Readers look at a window of what comes next
 * and advance over it.
 */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { SlipwayError } from '@slipway/core';
import type { Work } from './work.ts';

/** Large enough that a system call costs nothing beside it, small enough that one chunk of a bomb inflates to megabytes. */
const windowBytes = 128 * 1024;

export class SequentialFile {
  /** Bytes, when it was opened. */
  readonly size: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #work: Work;
  readonly #buffer = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #end = 0;
  /** Bytes taken from the file so far. */
  #loaded = 0;

  private constructor(path: string, handle: FileHandle, size: number, work: Work) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
    this.#work = work;
  }

  /** Throws FILE_MISSING for what is no file, IO_FAILED for what cannot be read. Close it. */
  static async open(path: string, work: Work): Promise<SequentialFile> {
    const handle = await open(path, 'r').catch((cause: unknown) => {
      throw failure(path, cause);
    });
    const status = await handle.stat();
    if (status.isFile()) return new SequentialFile(path, handle, status.size, work);
    await handle.close();
    throw new SlipwayError('FILE_MISSING', `${path} is not a regular file`);
  }

  /** Offset of the next byte. */
  get position(): number {
    return this.#loaded - (this.#end - this.#start);
  }

  /**
   * The next bytes: at least `least` (at most 64 KiB) unless the file ends before. A view that the next call
   * overwrites.
   */
  async window(least: number): Promise<Buffer> {
    while (this.#end - this.#start < least) if ((await this.#load()) === 0) break;
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Go on, within the window. */
  advance(length: number): void {
    if (length > this.#end - this.#start) throw new RangeError(`${length} bytes are not in the window`);
    this.#start += length;
  }

  /** Digest of the next `length` bytes, and go over them; undefined when the file ends before. */
  async skip(length: number): Promise<string | undefined> {
    const hash = createHash('sha256');
    for (let left = length; left > 0; ) {
      const chunk = (await this.window(1)).subarray(0, left);
      if (chunk.length === 0) return undefined;
      hash.update(chunk);
      this.#work.bytesHashed += chunk.length;
      this.advance(chunk.length);
      left -= chunk.length;
    }
    return hash.digest('hex');
  }

  /** Go over the next bytes as long as they are those of `pieces`, one after another; whether they were to the end. */
  async skipEqual(pieces: Iterable<Uint8Array>): Promise<boolean> {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        const chunk = (await this.window(1)).subarray(0, piece.length - at);
        if (chunk.length === 0 || chunk.compare(piece, at, at + chunk.length) !== 0) return false;
        this.advance(chunk.length);
        at += chunk.length;
      }
    }
    return true;
  }

  /** A few bytes from anywhere, outside of the sequence; fewer at the end of the file. */
  async readAt(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.#read(buffer, 0, length, offset);
    return buffer.subarray(0, bytesRead);
  }

  /** SHA-256 of the whole file, the rest of which is read; lower-case hex. Call once. */
  async digest(): Promise<string> {
    let loaded = 0;
    do {
      this.#start = this.#end;
      loaded = await this.#load();
    } while (loaded > 0);
    if (this.#loaded !== this.size) throw new SlipwayError('IO_FAILED', `${this.#path} changed while it was read`);
    return this.#hash.digest('hex');
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Move what is left to the front and fill up behind it. */
  async #load(): Promise<number> {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const { bytesRead } = await this.#read(this.#buffer, this.#end, windowBytes - this.#end, this.#loaded);
    this.#hash.update(this.#buffer.subarray(this.#end, this.#end + bytesRead));
    this.#work.bytesHashed += bytesRead;
    this.#end += bytesRead;
    this.#loaded += bytesRead;
    return bytesRead;
  }

  async #read(buffer: Buffer, at: number, length: number, from: number): Promise<{ bytesRead: number }> {
    return this.#handle.read(buffer, at, length, from).catch((cause: unknown) => {
      throw failure(this.#path, cause);
    });
  }
}

function failure(path: string, cause: unknown): SlipwayError {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new SlipwayError('FILE_MISSING', `${path} does not exist`, { cause })
    : new SlipwayError('IO_FAILED', `${path} cannot be read: ${code}`, { cause });
}
