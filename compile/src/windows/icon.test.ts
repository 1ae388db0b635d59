import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlipwayError } from '@slipway/core';
import { readIcon } from './icon.ts';

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('image data')]);
const bitmap = Buffer.concat([Buffer.from([40, 0, 0, 0]), Buffer.alloc(60, 7)]);

/** An .ico file of these images, 16 pixels each. */
function icon(...images: readonly Buffer[]): Buffer {
  let offset = 6 + images.length * 16;
  const directory = images.map((image) => {
    const entry = Buffer.from([16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    entry.writeUInt32LE(image.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += image.length;
    return entry;
  });
  return Buffer.concat([Buffer.from([0, 0, 1, 0, images.length, 0]), ...directory, ...images]);
}

describe('readIcon', () => {
  test('gives every image with its description', () => {
    const images = readIcon(icon(png, bitmap));
    expect(images.map(({ bytes }) => Buffer.from(bytes))).toEqual([png, bitmap]);
    expect(images.map(({ description }) => Buffer.from(description).toString('hex'))).toEqual(['101000000100200012000000', '101000000100200040000000']);
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'starts with nothing'],
    ['a PNG', png, 'starts with 89504e47'],
    ['a cursor', Buffer.from([0, 0, 2, 0, 1, 0]), 'starts with 00000200'],
    ['no image', icon(), 'holds 0 images'],
    ['too many images', Buffer.from([0, 0, 1, 0, 65, 0]), 'holds 65 images'],
    ['half a directory', icon(png, png).subarray(0, 30), 'directory is cut off'],
    ['half an image', icon(png, bitmap).subarray(0, -1), 'image 2 of 2 lies outside'],
    ['an image of another kind', icon(Buffer.from('GIF89a'.repeat(10))), 'image 1 of 1 is neither'],
    ['a bitmap shorter than its header', icon(bitmap.subarray(0, 39)), 'image 1 of 1 is neither'],
  ])('refuses %s', (_kind, bytes, message) => {
    expect(() => readIcon(bytes)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message), hint: expect.stringContaining('.ico') }));
  });

  test('reads or refuses whatever the bytes are', () => {
    const valid = icon(png, bitmap, png);
    const changed = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }).map((changes) => {
      const bytes = Buffer.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    const cut = fc.nat(valid.length).map((length) => valid.subarray(0, length));
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), changed, cut), (bytes) => {
      try {
        for (const image of readIcon(bytes)) expect(image.description).toHaveLength(12);
      } catch (error) {
        expect(error).toBeInstanceOf(SlipwayError);
      }
    }), { seed: 20240115, numRuns: 3000 });
  });
});
