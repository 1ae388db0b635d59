import { describe, expect, test } from '@jest/globals';
import { bytesSource, SlipwayError, type ByteSource } from '@slipway/core';
import { assertHardened, hardenBase } from './harden.ts';

/** Every name as often as Bun's executables spell it, in a C string pool, a pool without NULs and a message. */
const spelled = [
  'RES_OPTIONS\0BUN_OPTIONS\0BUN_TCC_OPTIONS\0HUN\0BUN_BE_BUN\0BUN_INSPECT\0BUN_INSPECT_CONNECT_TO\0BUN_INSPECT_PRELOAD\0',
  'failed to linkBUN_OPTIONSBUN_INSPECTBUN_INSPECT_CONNECT_TOBUN_INSPECT_NOTIFYBUN_INSPECT_PRELOADNODE_CHANNEL_FD',
  'BUN_BYTECODE_DIGEST_OUT\0BUN_BYTECODE_ORDER_NAMES_OUT\0BUN_BYTECODE_ORDER_OUT\0',
  'warn: BUN_INSPECT_CONNECT_TO is ignored; warn: BUN_INSPECT_CONNECT_TO is ignored; (BUN_BYTECODE_ORDER_OUT)',
  'let url = process.env.BUN_INSPECT_NOTIFY || ""; process.env.BUN_INSPECT_NOTIFY = "";',
].join('\0');

const windowSize = 1 << 22;

describe('hardenBase', () => {
  test('puts NUL over the first byte of every name and changes nothing else', () => {
    const bytes = Buffer.from(`\x7fELF${spelled}end`);
    hardenBase(bytes);
    const expected = spelled.replaceAll(/(?<!\.)B(?=UN_(?:OPTIONS|BE_BUN|INSPECT|BYTECODE_))/g, '\0');
    expect(bytes.toString('latin1')).toBe(`\x7fELF${expected}end`);
    expect(bytes.toString('latin1').split('\0UN_').length - 1).toBe(16);
  });

  test("leaves the text of Bun's own modules valid", () => {
    const bytes = Buffer.from(spelled);
    hardenBase(bytes);
    expect(bytes.toString()).toContain('let url = process.env.BUN_INSPECT_NOTIFY || "";');
  });

  test.each([
    ['a name is missing', spelled.replace('BUN_BE_BUN', 'BUN-BE-BUN'), 'BUN_BE_BUN 0 times, expected 1'],
    ['a name is spelled less often', spelled.replace('BUN_OPTIONS', 'bun_options'), 'BUN_OPTIONS 1 times, expected 2'],
    ['a name is spelled more often', `${spelled}BUN_INSPECT`, 'BUN_INSPECT 10 times, expected 9'],
    ['the bytes are no runtime', '', 'BUN_OPTIONS 0 times, expected 2'],
  ])('refuses and changes nothing when %s', (_case, text, message) => {
    const bytes = Buffer.from(text);
    expect(() => hardenBase(bytes)).toThrow(message);
    expect(bytes.toString()).toBe(text);
  });

  test('refuses a base that is hardened already', () => {
    const bytes = Buffer.from(spelled);
    hardenBase(bytes);
    expect(() => hardenBase(bytes)).toThrow(SlipwayError);
  });

  test('works on a view into larger memory', () => {
    const whole = Buffer.from(`BUN_OPTIONS${spelled}BUN_OPTIONS`);
    hardenBase(whole.subarray(11, whole.length - 11));
    expect(whole.toString().startsWith('BUN_OPTIONSRES_OPTIONS\0\0UN_OPTIONS')).toBe(true);
    expect(whole.toString().endsWith('BUN_OPTIONS')).toBe(true);
  });
});

/** An application as Bun puts it into an executable, without its tables. */
function application(text: string): Buffer {
  const data = Buffer.from(text);
  const lengths = Buffer.alloc(40);
  lengths.writeBigUInt64LE(BigInt(data.length + 48), 0);
  lengths.writeBigUInt64LE(BigInt(data.length), 8);
  return Buffer.concat([lengths.subarray(0, 8), data, lengths.subarray(8), Buffer.from('\n---- Bun! ----\n')]);
}

function hardened(): Buffer {
  const bytes = Buffer.from(spelled);
  hardenBase(bytes);
  return bytes;
}

describe('assertHardened', () => {
  test.each([
    ['a hardened base', hardened()],
    ['an empty file', Buffer.alloc(0)],
    ['an application that speaks of the names', Buffer.concat([hardened(), application('delete env["BUN_OPTIONS"]; BUN_BE_BUN'), Buffer.alloc(999)])],
    ['other variables', Buffer.from('BUN_TCC_OPTIONS BUN_ENV BUN_OPTION BUN_')],
    ["the text of Bun's own modules", Buffer.from('process.env.BUN_INSPECT_NOTIFY')],
  ])('accepts %s', (_case, bytes) => {
    expect(() => assertHardened(bytesSource(bytes))).not.toThrow();
  });

  test.each([
    ['before the application', Buffer.concat([Buffer.from('BUN_OPTIONS'), application('x')]), 'BUN_OPTIONS from the environment (byte 0)'],
    ['after the application', Buffer.concat([application('x'), Buffer.from('BUN_BE_BUN')]), 'BUN_BE_BUN'],
    ['before a trailer that is only a constant', Buffer.from(`BUN_INSPECT\0${'x'.repeat(64)}\n---- Bun! ----\n`), 'BUN_INSPECT'],
    ['in a file without an application', Buffer.from('BUN_BYTECODE_ORDER_OUT'), 'BUN_BYTECODE_'],
  ])('refuses a name %s', (_case, bytes, message) => {
    expect(() => assertHardened(bytesSource(bytes))).toThrow(message);
  });

  test('finds a name at every place around the border of two reads', () => {
    for (let shift = -20; shift <= 20; shift++) {
      expect(() => assertHardened(zerosWith('BUN_INSPECT', windowSize + shift, 2 * windowSize))).toThrow(`byte ${windowSize + shift}`);
    }
  });

  test("takes the text of Bun's own modules for what it is at every place around the border of two reads", () => {
    for (let shift = -20; shift <= 20; shift++) {
      expect(() => assertHardened(zerosWith('.BUN_INSPECT', windowSize + shift, 2 * windowSize))).not.toThrow();
    }
  });

  test('reads no more than 4 MB at a time', () => {
    let largest = 0;
    const zeros = zerosWith('', 0, 5 * windowSize);
    assertHardened({ size: zeros.size, read: (offset, length) => {
      largest = Math.max(largest, length);
      return zeros.read(offset, length);
    } });
    expect(largest).toBe(windowSize);
  });
});

/** Zeros with one text in them, made when they are read. */
function zerosWith(text: string, at: number, size: number): ByteSource {
  const found = Buffer.from(text);
  return {
    size,
    read(offset, length) {
      const bytes = Buffer.alloc(length);
      for (let i = 0; i < found.length; i++) {
        const index = at + i - offset;
        if (index >= 0 && index < length) bytes[index] = found[i] as number;
      }
      return bytes;
    },
  };
}
