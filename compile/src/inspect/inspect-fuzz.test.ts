import { bytesSource, SlipwayError, targetOf, type ByteSource, type TargetId } from '@slipway/core';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { memoryBytes } from '../macho/editable-bytes.ts';
import { readMachOImage } from '../macho/load-commands.ts';
import { signBytes } from '../macho/sign.ts';
import { BoundedReader } from './bounded-reader.ts';
import { checkCodeSignature } from './code-signature.ts';
import { inspectExecutable } from './inspect.ts';

const settings = { seed: 20_240_115, numRuns: 1500 };
const ids: readonly TargetId[] = ['linux-x64', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64', 'windows-x64', 'windows-arm64'];
const fakes = new Map(ids.map((id) => [id, fakeExecutable(targetOf(id), 'fuzz')]));

/** Where it hurts: the tables at the front of every format, and the signature at the end of Mach-O. */
const place = fc.oneof(fc.nat(1100), fc.nat(20_000), fc.integer({ min: -400, max: -1 }));
const numbers = [0, 1, 7, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000, 0x4000, 0x1000];
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, value: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('word' as const), at: place, value: fc.constantFrom(...numbers) }),
  fc.record({ kind: fc.constant('bigEndianWord' as const), at: place, value: fc.constantFrom(...numbers) }),
  fc.record({ kind: fc.constant('truncate' as const), at: place, value: fc.constant(0) }),
  fc.record({ kind: fc.constant('insert' as const), at: place, value: fc.integer({ min: 1, max: 64 }) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutated(original: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce<Buffer>((bytes, { kind, at, value }) => {
    if (bytes.length < 8) return bytes;
    const room = bytes.length - 4;
    const offset = ((at % room) + room) % room;
    if (kind === 'truncate') return bytes.subarray(0, offset);
    if (kind === 'insert') return Buffer.concat([bytes.subarray(0, offset), Buffer.alloc(value, value), bytes.subarray(offset)]);
    if (kind === 'word') bytes.writeUInt32LE(value, offset & ~3);
    else if (kind === 'bigEndianWord') bytes.writeUInt32BE(value, offset);
    else bytes[offset] = (bytes[offset] as number) ^ value;
    return bytes;
  }, Buffer.from(original));
}

function counting(bytes: Uint8Array): ByteSource & { reads(): number; bytesRead(): number } {
  const source = bytesSource(bytes);
  let [reads, total] = [0, 0];
  return {
    size: source.size,
    read(offset, length) {
      reads += 1;
      total += length;
      return source.read(offset, length);
    },
    reads: () => reads,
    bytesRead: () => total,
  };
}

test.each(ids)('a damaged %s executable gives facts or INSPECT_MALFORMED, after bounded work', (id) => {
  fc.assert(fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
    const source = counting(mutated(fakes.get(id) as Uint8Array, mutations));
    try {
      expect(inspectExecutable(source).needed.length).toBeLessThan(1100);
    } catch (error) {
      expect(error).toBeInstanceOf(SlipwayError);
      expect(error).toMatchObject({ code: 'INSPECT_MALFORMED' });
    }
    expect(source.reads()).toBeLessThanOrEqual(50_000);
    expect(source.bytesRead()).toBeLessThanOrEqual(8 * source.size + (16 << 20));
  }), settings);
});

test.each(['darwin-x64', 'darwin-arm64'] as const)('a damaged %s executable is signed well or refused', (id) => {
  fc.assert(fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
    const file = memoryBytes(mutated(fakes.get(id) as Uint8Array, mutations));
    try {
      signBytes(file, 'fuzz');
    } catch (error) {
      expect(error).toBeInstanceOf(SlipwayError);
      return;
    }
    const reader = new BoundedReader(bytesSource(file.bytes));
    expect(checkCodeSignature(reader, readMachOImage(reader))).toBe('ad-hoc');
  }), { ...settings, numRuns: 500 });
});

test('arbitrary bytes behind every magic give INSPECT_MALFORMED', () => {
  fc.assert(fc.property(fc.constantFrom('7f454c46', 'cffaedfe', '4d5a', ''), fc.uint8Array({ maxLength: 600 }), (magic, rest) => {
    const bytes = Buffer.concat([Buffer.from(magic, 'hex'), rest]);
    expect(() => inspectExecutable(bytesSource(bytes))).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED' }));
  }), settings);
});
