import { createHash } from 'node:crypto';
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { Inflater } from './inflater.ts';
import { type PackageContents, readPackage } from './package.ts';
import { deflateBlocks, gzip, noise, packTar, packTarGz, packZip, type PackedEntry } from './packing.fixture.ts';
import { scratchFolder } from './scratch.fixture.ts';
import { headLength, SpanMemory } from './span-memory.ts';
import { noWork } from './work.ts';

const scratch = scratchFolder();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const program = noise(3_000_000, 7);
const span = deflateBlocks(program);
const readme = { path: 'readme', bytes: Buffer.from('read me '.repeat(500)) };
const tool: PackedEntry = { path: 'bin/tool', mode: 0o755, bytes: program, span };
const containers: Readonly<Record<string, Buffer>> = {
  'a.tar.gz': packTarGz([readme, tool]),
  'b.tgz': packTarGz([{ ...tool, path: 'package/bin/tool' }, { ...readme, path: 'package/readme' }]),
  'c.zip': packZip([readme, tool]),
  'd.whl': packZip([{ ...tool, path: 'x.data/scripts/tool' }, { path: 'x.dist-info/RECORD', bytes: Buffer.from('x') }]),
};
const paths = Object.fromEntries(Object.entries(containers).map(([name, bytes]) => [name, scratch.write(name, bytes)]));

async function readAll(names: readonly string[]) {
  const spans = new SpanMemory();
  const found: { readonly contents: PackageContents; readonly inflated: number; readonly hashed: number }[] = [];
  for (const name of names) {
    const work = noWork();
    const contents = await readPackage(paths[name] ?? name, { work, spans });
    found.push({ contents, inflated: work.bytesInflated, hashed: work.bytesHashed });
  }
  return found;
}

const names = Object.keys(containers);
describe.each(names.map((first) => [first, [first, ...names.filter((name) => name !== first)]] as const))('after %s', (_, order) => {
  test('the same compressed bytes are not inflated again, and all digests are those of a plain reading', async () => {
    const [first, ...others] = await readAll(order);
    expect(first?.inflated).toBeGreaterThanOrEqual(program.length);
    for (const other of others) expect(other.inflated).toBeLessThan(20_000);
    for (const [i, { contents }] of [first, ...others].filter((one) => one !== undefined).entries()) {
      const plain = await readPackage(paths[order[i] ?? ''] ?? '', { work: noWork() });
      expect(contents).toEqual(plain);
      expect(contents.members.find(({ path }) => path.endsWith('tool'))?.sha256).toBe(sha256(program));
    }
  });

  test('each file is hashed once, and its span once more', async () => {
    const [, ...others] = await readAll(order);
    for (const { hashed, contents } of others) expect(hashed).toBeLessThan(contents.size + span.length + 20_000);
  });
});

describe('what was proved while it was written', () => {
  const proven = (bytes: Buffer): SpanMemory => {
    const pieces = [bytes.subarray(0, 1_000_001), bytes.subarray(1_000_001)];
    return new SpanMemory([{ size: program.length, sha256: sha256(program), crc32: crc32(program), head: bytes.subarray(0, headLength), goOver: (file) => file.skipEqual(pieces) }]);
  };
  const tail = Buffer.from(span);
  tail[span.length - 9] = (tail[span.length - 9] ?? 0) ^ 1;

  test.each(names)('is compared in %s, neither inflated nor hashed again', async (name) => {
    const work = noWork();
    const contents = await readPackage(paths[name] ?? '', { work, spans: proven(span) });
    expect(contents).toEqual(await readPackage(paths[name] ?? '', { work: noWork() }));
    expect(work.bytesInflated).toBeLessThan(20_000);
    expect(work.bytesHashed).toBeLessThan(contents.size + 20_000);
  });

  test.each(names)('and where %s holds other bytes, it is read in full', async (name) => {
    const work = noWork();
    expect(await readPackage(paths[name] ?? '', { work, spans: proven(tail) })).toEqual(await readPackage(paths[name] ?? '', { work: noWork() }));
    expect(work.bytesInflated).toBeGreaterThanOrEqual(program.length);
  });

  test('nor is a package taken that ends within it', async () => {
    const path = scratch.write('cut.tgz', (containers['b.tgz'] ?? Buffer.alloc(0)).subarray(0, -span.length / 2));
    await expect(readPackage(path, { work: noWork(), spans: proven(span) })).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED' });
  });
});

describe('a package that only resembles a known one is read in full', () => {
  const other = Buffer.from(program);
  other[2_900_000] = (other[2_900_000] ?? 0) ^ 1;
  const plainTool: PackedEntry = { path: tool.path, mode: 0o755, bytes: program };
  const wrong = (bytes: Buffer, at: number): Buffer => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
  /** One deflate stream whose blocks refer to each other, flushed where the writer would flush. */
  const dependent = (): Buffer => {
    const tar = packTar([readme, plainTool, { path: 'again', bytes: program.subarray(-9000) }]);
    const cut = 512 + 4096 + 512;
    const head = deflateRawSync(tar.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH });
    const tail = deflateRawSync(tar.subarray(cut + program.length), { dictionary: tar.subarray(0, cut + program.length).subarray(-32768) });
    return gzip(Buffer.concat([head, span, tail]), tar);
  };

  test.each<[string, string, Buffer, Buffer]>([
    ['another end in a tar.gz', 'e.tar.gz', packTarGz([readme, { ...tool, bytes: other, span: deflateBlocks(other) }]), other],
    ['another end in a zip', 'e.zip', packZip([{ ...tool, bytes: other, span: deflateBlocks(other) }]), other],
    ['another compression in a tar.gz', 'f.tar.gz', packTarGz([plainTool]), program],
    ['another compression in a zip', 'f.zip', packZip([plainTool]), program],
    ['other blocks', 'g.tar.gz', packTarGz([{ ...tool, span: deflateBlocks(program, 500_000) }]), program],
    ['data after the span that refers into it', 'h.tar.gz', dependent(), program],
  ])('%s', async (_, name, bytes, content) => {
    const [, found] = await readAll(['a.tar.gz', scratch.write(name, bytes)]);
    expect(found?.contents.members.find(({ path }) => path === tool.path)?.sha256).toBe(sha256(content));
    expect(found?.inflated).toBeGreaterThanOrEqual(program.length);
  });

  test.each([
    ['b.tgz', (bytes: Buffer) => wrong(bytes, 2_000_000)],
    ['b.tgz', (bytes: Buffer) => wrong(bytes, bytes.length - 8)],
    ['b.tgz', (bytes: Buffer) => wrong(bytes, bytes.length - 4)],
    ['c.zip', (bytes: Buffer) => wrong(bytes, 2_000_000)],
    ['d.whl', (bytes: Buffer) => wrong(bytes, 14)],
  ])('and a damaged %s is refused (%#)', async (name, damage) => {
    const path = scratch.write(`damaged-${name}`, damage(containers[name] ?? Buffer.alloc(0)));
    await expect(readAll(['a.tar.gz', path])).rejects.toMatchObject({ code: 'PACKAGE_MALFORMED' });
  });
});

describe('whether a decoder stands between two blocks', () => {
  const stands = async (before: Buffer): Promise<boolean> => {
    const inflater = new Inflater(() => {}, noWork());
    await inflater.feed(before);
    return inflater.standsBetweenBlocks();
  };
  const text = Buffer.from('some text, some text, some other text');
  const flushed = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });

  test('it does after a sync flush', async () => {
    expect(await stands(flushed.subarray(0, -4))).toBe(true);
  });

  test.each<[string, Buffer]>([
    ['at the start of a stream', Buffer.alloc(0)],
    ['after the flush marker itself', flushed],
    ['within the length of a stored block', Buffer.from([0x00, 0xfe])],
    ['within a stored block', Buffer.from([0x00, 0x10, 0x00, 0xef, 0xff, 1, 2])],
    ['within a last stored block', Buffer.from([0x01, 0x00, 0x02, 0xff, 0xfd])],
    ['before the length of a last stored block', Buffer.from([0x01])],
    ['within fixed codes', Buffer.from([0x4b, 0x4c])],
    ['within last fixed codes', Buffer.from([0x4b, 0x4c]).map((byte, i) => (i === 0 ? byte | 1 : byte)) as Buffer],
    ['within dynamic codes', deflateRawSync(noise(5000, 3).map((byte) => byte & 0x3f)).subarray(0, 900)],
    ['within the code lengths of dynamic codes', deflateRawSync(noise(5000, 3).map((byte) => byte & 0x3f)).subarray(0, 12)],
    ['after the last block', deflateRawSync(text)],
  ])('it does not %s', async (_, before) => {
    expect(await stands(before)).toBe(false);
  });

  test('it does not where an appended empty last block would end the stream without complaint', async () => {
    const before = openBlock();
    expect(inflateRawSync(Buffer.concat([before, Buffer.from([3, 0])]))).toHaveLength(15);
    expect(await stands(before)).toBe(false);
  });
});

/** A last block with dynamic codes, left open at a byte boundary, in which the bits of `03 00` are the end of block. */
function openBlock(): Buffer {
  // Canonical codes: "0", "10", then 110000000 for 256 because it alone has nine bits, then 254 codes of ten bits.
  const lengths = [1, 2, ...Array.from({ length: 254 }, () => 10), 9, 0];
  const lengthCodes: Readonly<Record<number, string>> = { 10: '0', 0: '100', 1: '101', 2: '110', 9: '111' };
  const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1];
  const number = (value: number, bits: number): string => [...value.toString(2).padStart(bits, '0')].toReversed().join('');
  const header = `1${number(2, 2)}${number(0, 5)}${number(0, 5)}${number(order.length - 4, 4)}`;
  const bits = header + order.map((symbol) => number(lengthCodes[symbol]?.length ?? 0, 3)).join('') + lengths.map((length) => lengthCodes[length]).join('');
  const aligned = bits + '0'.repeat((8 - (bits.length % 8)) % 8 + 8);
  return Buffer.from(aligned.match(/.{8}/g)?.map((byte) => Number.parseInt([...byte].toReversed().join(''), 2)) ?? []);
}
