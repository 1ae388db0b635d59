import { crc32 as reference } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { crc32 } from './crc32.ts';
import { decodeSlots, encodeSlot, slotSize, textLimit } from './slots.ts';

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
function file(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
const blank = new Uint8Array(slotSize).fill(0x20);

/** xorshift32: the same numbers for the same seed everywhere. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test('the checksum is the CRC-32 of gzip', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) & 0xff);
  expect([crc32(bytes), crc32(new Uint8Array())]).toEqual([reference(bytes), reference(new Uint8Array())]);
});

test('a slot is text of 8 KiB, as docs/formats/state.md shows it', () => {
  const slot = encodeSlot(42, '{"format":1}');
  expect(ascii(slot.subarray(0, 60))).toBe('slipway-state 1 f7f3a899 000000000002a 000c\n{"format":1}    ');
  expect([slot.length, slot.at(-1)]).toEqual([8192, 0x0a]);
});

test('the newer slot comes first, wherever it lies', () => {
  const [older, newer] = [encodeSlot(7, 'older'), encodeSlot(8, 'newer')];
  expect(decodeSlots(file(older, newer)).map(({ index, text }) => [index, text])).toEqual([[1, 'newer'], [0, 'older']]);
  expect(decodeSlots(file(newer, older)).map(({ index, text }) => [index, text])).toEqual([[0, 'newer'], [1, 'older']]);
});

test('characters beyond ASCII and the longest text come back as they were', () => {
  for (const text of ['ä€😀', 'x'.repeat(textLimit), '']) expect(decodeSlots(file(blank, encodeSlot(1, text)))[0]?.text).toBe(text);
  expect(() => encodeSlot(1, 'x'.repeat(textLimit + 1))).toThrow(RangeError);
});

describe('what a power failure leaves', () => {
  const before = file(encodeSlot(1, 'state one'), encodeSlot(2, 'state two, which is longer'));
  const after = file(encodeSlot(3, 'state three'), before.subarray(slotSize));

  test('is the old or the new state, wherever the write was torn', () => {
    const cuts = [...Array.from({ length: 100 }, (_, index) => index), ...Array.from({ length: 17 }, (_, index) => index * 512)];
    for (const cut of cuts) {
      const torn = file(after.subarray(0, cut), before.subarray(cut));
      expect(['state two, which is longer', 'state three']).toContain(decodeSlots(torn)[0]?.text);
    }
  });

  test('is the old state when the sector in the middle was never written', () => {
    const torn = Uint8Array.from(after);
    torn.fill(0, 16, 512);
    expect(decodeSlots(torn)[0]?.text).toBe('state two, which is longer');
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('any bytes are read without an error, and a changed bit is seen (seed %i)', (seed) => {
  const random = generator(seed * 2_654_435_761);
  const whole = encodeSlot(5, '{"a":"some state"}');
  const used = 44 + 18;
  for (let round = 0; round < 100; round += 1) {
    const noise = Uint8Array.from(round % 2 === 0 ? file(blank, whole) : file(whole, blank));
    for (let damage = random(500) + 100; damage > 0; damage -= 1) noise[random(2) * slotSize + random(used)] = random(256);
    expect(decodeSlots(noise.subarray(0, random(2 * slotSize + 1)))).toEqual([]);
    const changed = Uint8Array.from(whole);
    const at = random(used);
    changed[at] = (changed[at] as number) ^ (1 << random(8));
    expect(decodeSlots(file(changed, blank))).toEqual([]);
  }
});
