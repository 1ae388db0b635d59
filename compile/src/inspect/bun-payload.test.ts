import { bytesSource } from '@slipway/core';
import { describe, expect, test } from '@jest/globals';
import { BoundedReader } from './bounded-reader.ts';
import { findElfPayload } from './bun-payload-elf.ts';
import { readPayload } from './bun-payload.ts';
import type { ElfImage } from './elf-segments.ts';

/** As Bun 1.4.5 writes it: a module's text and name, its record, the footer, the trailer; its length goes first. */
function payloadSection(): Buffer {
  const data = Buffer.alloc(80);
  data.write('console.log(1)\0/$bunfs/root/app\0');
  const table = 28;
  data.writeUInt32LE(15, table);
  data.writeUInt32LE(16, table + 4);
  data.writeUInt32LE(14, table + 12);
  const footer = Buffer.alloc(32);
  footer.writeBigUInt64LE(80n, 0);
  footer.writeUInt32LE(table, 8);
  footer.writeUInt32LE(52, 12);
  const payload = Buffer.concat([data, footer, Buffer.from('\n---- Bun! ----\n')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(payload.length));
  return Buffer.concat([length, payload]);
}

const footerAt = 8 + 80;
const read = (bytes: Uint8Array) => readPayload(new BoundedReader(bytesSource(bytes)), 0, bytes.length);

describe("Bun's payload in a section", () => {
  test('is measured, with or without filling behind it', () => {
    expect(read(payloadSection())).toEqual({ kind: 'bun', size: 128 });
    expect(read(Buffer.concat([payloadSection(), Buffer.alloc(500)]))).toEqual({ kind: 'bun', size: 128 });
  });

  test.each([0, 8, 4096])('is absent from a cleared section of %d bytes', (size) => {
    expect(read(Buffer.alloc(size))).toBeUndefined();
  });

  const rows: readonly (readonly [title: string, change: (bytes: Buffer) => Uint8Array | void, message: RegExp])[] = [
    ['cut off', (b) => b.subarray(0, 100), /claims 128 bytes in a section of 100/],
    ['a length beyond any file', (b) => void b.writeUInt32LE(0xffffffff, 4), /larger than any file/],
    ['a length too small for a footer', (b) => void b.writeUInt32LE(47, 0), /claims 47 bytes/],
    ['another trailer', (b) => void b.write('X', 130), /has lost its end/],
    ['lengths that disagree', (b) => void b.writeUInt32LE(79, footerAt), /says 79 and 80 bytes/],
    ['a module table of no whole records', (b) => void b.writeUInt32LE(51, footerAt + 12), /module table has 51 bytes/],
    ['no modules', (b) => void b.writeUInt32LE(0, footerAt + 12), /module table has 0 bytes/],
    ['an entry point that does not exist', (b) => void b.writeUInt32LE(1, footerAt + 16), /entry point is module 1 of 1/],
    ['a module table outside', (b) => void b.writeUInt32LE(0x7fffffff, footerAt + 8), /points to 2147483647\+52 of 80 bytes/],
    ['a module whose text lies outside', (b) => void b.writeUInt32LE(200, 8 + 28 + 8), /points to 200\+14 of 80 bytes/],
  ];
  test.each(rows)('is refused with %s', (_, change, message) => {
    const bytes = payloadSection();
    expect(() => read(change(bytes) ?? bytes)).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringMatching(message) }));
  });
});

describe("Bun's payload in an ELF file", () => {
  const address = 0x400000;
  /** One writable segment: data with a pointer to the payload at `pointer`, the payload on a page of its own. */
  function image(pointer: number): { readonly reader: BoundedReader; readonly image: ElfImage; readonly bytes: Buffer } {
    const bytes = Buffer.alloc(0x2000);
    bytes.writeBigUInt64LE(BigInt(pointer), 0x88);
    payloadSection().copy(bytes, 0x1000);
    const segments = [{ type: 1, writable: true, offset: 0, address, fileSize: bytes.length }];
    return { reader: new BoundedReader(bytesSource(bytes)), image: { arch: 'x64', segments }, bytes };
  }

  test('is found at the end of its segment', () => {
    const { reader, image: elf } = image(address + 0x1000);
    expect(findElfPayload(reader, elf)).toEqual({ kind: 'bun', size: 128 });
  });

  test.each([['cleared', 0], ['pointing elsewhere', address + 0x1008]])('is out of reach with its pointer %s, as after strip', (_, pointer) => {
    const { reader, image: elf } = image(pointer);
    expect(() => findElfPayload(reader, elf)).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringContaining('nothing points to it') }));
  });

  test('is absent where no segment ends in one', () => {
    const { reader, image: elf, bytes } = image(address + 0x1000);
    bytes.fill(0, 0x1000);
    expect(findElfPayload(reader, elf)).toBeUndefined();
  });

  test('is refused when its length leads out of its segment', () => {
    const { reader, image: elf, bytes } = image(address + 0x1000);
    bytes.writeUInt32LE(0x7fff, 0x1000 + footerAt);
    expect(() => findElfPayload(reader, elf)).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED' }));
  });
});
