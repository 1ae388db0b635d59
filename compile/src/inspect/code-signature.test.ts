import { bytesSource, targetOf } from '@slipway/core';
import { describe, expect, test } from '@jest/globals';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { inspectExecutable } from './inspect.ts';

/** Layout of the fake: 16400 bytes of code, then a signature of three parts. */
const start = 16_400;
const directory = start + 36;
const codeLimitAt = directory + 32;
const requirements = start + 361;

const signed = (): Buffer => Buffer.from(fakeExecutable(targetOf('darwin-arm64'), 'code signature'));

test.each([
  [0x10, /load command 12 of 243 has no room/, 'the count of load commands'],
  [0x700, /page 0 of 5 changed after it was signed \(at offset 0x0\)/, 'the first page'],
  [0x1000, /page 1 of 5 changed .*0x1000/, 'the first byte of the second page'],
  [0x3fff, /page 3 of 5 changed .*0x3000/, 'the last byte of the fourth'],
  [start - 1, /page 4 of 5 changed .*0x4000/, 'the last byte before the signature'],
])('a changed byte at %d is noticed with %s: %s', (offset, message) => {
  const bytes = signed();
  bytes[offset] = (bytes[offset] as number) ^ 0xff;
  expect(() => inspectExecutable(bytesSource(bytes))).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringMatching(message) }));
});

describe('a signature is refused', () => {
  const rows: readonly (readonly [title: string, change: (bytes: Buffer) => void, message: RegExp])[] = [
    ['with another magic', (b) => b.writeUInt32BE(1, start), /its signature starts with 0x1/],
    ['with no parts', (b) => b.writeUInt32BE(0, start + 8), /a signature of 0 parts/],
    ['with a part outside it', (b) => b.writeUInt32BE(0x7fffffff, start + 16), /part 0x0 of the signature lies outside/],
    ['with two parts for one slot', (b) => b.writeUInt32BE(2, start + 28), /two parts for one slot/],
    ['whose directory has no known hash', (b) => b.writeUInt8(9, directory + 37), /hash kind 9/],
    ['whose pages are endless', (b) => b.writeUInt8(0, directory + 39), /pages of 2\^0 bytes/],
    ['whose pages are too few', (b) => b.writeUInt32BE(4, directory + 28), /4 page hashes for 16400 bytes/],
    ['whose hashes lie outside', (b) => b.writeUInt32BE(0xfffff0, directory + 16), /hashes of a code directory lie outside/],
    ['that covers less than the code', (b) => b.writeUInt32BE(start - 16, codeLimitAt), /covers 16384 bytes, not the 16400|5 page hashes for 16384/],
    ['whose requirements were changed', (b) => b.writeUInt8(1, requirements + 8), /part 0x2 of the signature does not match/],
    ['whose requirements are not sealed', (b) => b.fill(0, directory + 101, directory + 133), /part 0x2 of the signature is not sealed/],
    ['that is neither ad hoc nor has a certificate', (b) => b.writeUInt32BE(0, directory + 12), /neither ad hoc nor made with a certificate/],
  ];
  test.each(rows)('%s', (_, change, message) => {
    const bytes = signed();
    change(bytes);
    expect(() => inspectExecutable(bytesSource(bytes))).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringMatching(message) }));
  });
});
