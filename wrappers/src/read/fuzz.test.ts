/** Whatever the bytes are: members or PACKAGE_MALFORMED, in bounded work. */
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPackage } from './package.ts';
import { deflateBlocks, noise, packTar, packTarGz, packZip, type PackedEntry } from './packing.fixture.ts';
import { scratchFolder } from './scratch.fixture.ts';
import { SpanMemory } from './span-memory.ts';
import { noWork } from './work.ts';

const scratch = scratchFolder();
const program = noise(70_000, 3);
const entries: readonly PackedEntry[] = [
  { path: 'a', bytes: Buffer.from('text '.repeat(40)) },
  { path: 'bin/tool', mode: 0o755, bytes: program, span: deflateBlocks(program) },
  { path: 'bin/toold', link: 'tool' },
  { path: 'z', bytes: Buffer.from('the end') },
];
const small = entries.map(({ span: _, ...entry }) => ({ ...entry, ...(entry.bytes && { bytes: entry.bytes.subarray(0, 300) }) }));

/** Deflate expands at most 1032 times (zlib technical details), and the second pass without shortcuts doubles it. */
const mostExpanded = 2 * 1032;

const spans = new SpanMemory();
beforeAll(() => readPackage(scratch.write('known.zip', packZip(entries)), { work: noWork(), spans }));

async function outcome(name: string, bytes: Buffer): Promise<void> {
  const work = noWork();
  try {
    const { members } = await readPackage(scratch.write(name, bytes), { work, spans, keep: () => true });
    expect(new Set(members.map(({ path }) => path)).size).toBe(members.length);
  } catch (error) {
    expect(error).toMatchObject({ code: 'PACKAGE_MALFORMED' });
  }
  expect(work.bytesInflated).toBeLessThanOrEqual(bytes.length * mostExpanded + 1024);
}

/** A few edits: a byte set, a stretch removed, a stretch repeated. */
const edits = fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999_999, noNaN: true }), kind: fc.constantFrom('set', 'cut', 'repeat'), value: fc.nat(255), length: fc.nat(40) }), { minLength: 1, maxLength: 4 });

function apply(bytes: Buffer, changes: readonly { readonly at: number; readonly kind: string; readonly value: number; readonly length: number }[]): Buffer {
  return changes.reduce<Buffer>((current, { at, kind, value, length }) => {
    const from = Math.floor(at * current.length);
    if (kind === 'cut') return Buffer.concat([current.subarray(0, from), current.subarray(from + length)]);
    if (kind === 'repeat') return Buffer.concat([current.subarray(0, from), current.subarray(from, from + length), current.subarray(from)]);
    const copy = Buffer.from(current);
    if (from < copy.length) copy[from] = value;
    return copy;
  }, bytes);
}

test.each<[string, Buffer, (bytes: Buffer) => Buffer]>([
  ['x.zip', packZip(entries), (bytes) => bytes],
  ['small.zip', packZip(small), (bytes) => bytes],
  ['x.tar.gz', packTarGz(entries), (bytes) => bytes],
  ['small.tar.gz', packTarGz(small), (bytes) => bytes],
  // Behind a correct gzip frame, so that the tar parser sees the edits.
  ['inner.tar.gz', packTar(small), (bytes) => gzipSync(bytes, { level: 1 })],
])('an edited %s is read or refused', async (name, original, frame) => {
  await fc.assert(fc.asyncProperty(edits, async (changes) => outcome(name, frame(apply(original, changes)))), { seed: 20240115, numRuns: 200 });
});

test.each(['noise.zip', 'noise.tar.gz'])('noise called %s is refused', async (name) => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => outcome(name, Buffer.from(bytes))), { seed: 7, numRuns: 100 });
});

test('a bomb is stopped at the size that its header states', async () => {
  const bomb = packZip([{ path: 'a', bytes: Buffer.alloc(64 << 20) }], (header, where) => header.writeUInt32LE(1000, where === 'local' ? 22 : 24));
  const work = noWork();
  await expect(readPackage(scratch.write('bomb.zip', bomb), { work })).rejects.toThrow(/more than the 1000 bytes/);
  expect(work.bytesInflated).toBeLessThanOrEqual(128 * 1024);
});
