/** The data of one zip entry: stored or deflated (PKWARE APPNOTE 6.3.10, section 4.4.5), held against its directory entry. */
import { crc32 } from 'node:zlib';
import { hex } from './gzip-frame.ts';
import { emptyLastBlock, flushMarker, Inflater, isDeflateFault } from './inflater.ts';
import { type ContentDigest, MemberContent } from './member.ts';
import type { Reading } from './package.ts';
import { leastSpan, type SpanLearner, SpanMismatch } from './span-memory.ts';
import type { ZipEntry } from './zip-directory.ts';

/** How the data of a spliced entry ends: a span, and a last block after it. */
const spanTail = Buffer.concat([flushMarker, emptyLastBlock]);

/** Read the data that starts at the file's position; throws PACKAGE_MALFORMED where size, CRC or length are wrong. */
export async function readZipContent(reading: Reading, entry: ZipEntry, keep: boolean): Promise<ContentDigest> {
  const at = { member: entry.name, offset: reading.file.position };
  const { size, crc, digest } = await contentReader(reading, entry, keep)();
  if (size !== entry.size) throw reading.malformed(`holds ${size} bytes and states ${entry.size}`, at);
  if (crc !== entry.crc32) throw reading.malformed(`CRC-32 is ${hex(crc)}, the directory says ${hex(entry.crc32)}`, at);
  return digest;
}

interface Found {
  readonly size: number;
  readonly crc: number;
  readonly digest: ContentDigest;
}

function contentReader(reading: Reading, entry: ZipEntry, keep: boolean): () => Promise<Found> {
  const output = new Output(reading, entry, keep);
  if (entry.method === 0) return () => readStored(reading, entry, output);
  if (entry.method !== 8) throw reading.malformed(`compression method ${entry.method} is not supported`, { member: entry.name });
  return async () => {
    if (keep || !(await endsLikeSpan(reading, entry))) return inflate(reading, entry, output);
    return (await skipSpan(reading, entry)) ?? learnSpan(reading, entry, output);
  };
}

/** What comes out, counted and digested; never more than the directory states. */
class Output {
  #size = 0;
  #crc = 0;
  readonly #content: MemberContent;
  readonly #reading: Reading;
  readonly #entry: ZipEntry;

  constructor(reading: Reading, entry: ZipEntry, keep: boolean) {
    this.#content = new MemberContent(keep, reading.work);
    this.#reading = reading;
    this.#entry = entry;
  }

  write(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.#entry.size) throw this.#reading.malformed(`holds more than the ${this.#entry.size} bytes it states`, { member: this.#entry.name });
    this.#crc = crc32(bytes, this.#crc);
    this.#content.write(bytes);
  }

  end(): Found {
    return { size: this.#size, crc: this.#crc, digest: this.#content.end() };
  }
}

async function readStored(reading: Reading, entry: ZipEntry, output: Output): Promise<Found> {
  await pieces(reading, entry, entry.compressedSize, async (bytes) => {
    output.write(bytes);
    return bytes.length;
  });
  return output.end();
}

async function inflate(reading: Reading, entry: ZipEntry, output: Output): Promise<Found> {
  await withInflater(reading, entry, output, async (inflater) => {
    await pieces(reading, entry, entry.compressedSize, (bytes) => inflater.feed(bytes));
    await inflater.finish();
  });
  return output.end();
}

async function endsLikeSpan({ file, spans }: Reading, { size, compressedSize }: ZipEntry): Promise<boolean> {
  if (spans === undefined || size < leastSpan || compressedSize <= spanTail.length) return false;
  return (await file.readAt(file.position + compressedSize - spanTail.length, spanTail.length)).equals(spanTail);
}

/** The span is known: only the last block after it is left. */
async function skipSpan({ file, spans }: Reading, { size, compressedSize }: ZipEntry): Promise<Found | undefined> {
  const spanEnd = file.position + compressedSize - emptyLastBlock.length;
  const known = await spans?.skip(file, size);
  if (known === undefined) return undefined;
  if (file.position !== spanEnd) throw new SpanMismatch('a known span that ends elsewhere');
  await file.window(emptyLastBlock.length);
  file.advance(emptyLastBlock.length);
  return { size, crc: known.crc32, digest: { sha256: known.sha256 } };
}

async function learnSpan(reading: Reading, entry: ZipEntry, output: Output): Promise<Found> {
  const { file, spans } = reading;
  const learner: SpanLearner | undefined = await spans?.learn(file);
  await withInflater(reading, entry, output, async (inflater) => {
    await pieces(reading, entry, entry.compressedSize - spanTail.length, (bytes) => {
      learner?.update(bytes);
      return inflater.feed(bytes);
    });
    if (!(await inflater.standsBetweenBlocks())) throw new SpanMismatch('the blocks are not apart here');
  });
  await file.window(spanTail.length);
  file.advance(spanTail.length);
  const found = output.end();
  learner?.remember({ size: found.size, crc32: found.crc, sha256: found.digest.sha256 });
  return found;
}

/** Hand the next `length` bytes over in pieces; all of each must be taken. */
async function pieces({ file, malformed }: Reading, entry: ZipEntry, length: number, take: (bytes: Buffer) => Promise<number>): Promise<void> {
  for (let left = length; left > 0; ) {
    const at = { member: entry.name, offset: file.position };
    const bytes = (await file.window(1)).subarray(0, left);
    if (bytes.length === 0) throw malformed('the data is cut short', at);
    const taken = await take(bytes);
    if (taken < bytes.length) throw malformed(`the compressed data ends ${left - taken} bytes before its stated size`, at);
    file.advance(taken);
    left -= taken;
  }
}

async function withInflater({ work, malformed, file }: Reading, entry: ZipEntry, output: Output, use: (inflater: Inflater) => Promise<void>): Promise<void> {
  const inflater = new Inflater((bytes) => output.write(bytes), work);
  try {
    await use(inflater);
  } catch (error) {
    if (!isDeflateFault(error)) throw error;
    throw malformed(`the compressed data is damaged: ${(error as Error).message}`, { member: entry.name, offset: file.position });
  } finally {
    inflater.close();
  }
}
