import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { passphrases } from './passphrases.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-passphrases-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a process finds when a shell has opened a file for it. */
function withDescriptor<Value>(content: string, use: (descriptor: number) => Value): Value {
  const path = join(folder, 'passphrase');
  writeFileSync(path, content);
  const descriptor = openSync(path, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

test.each([
  ['correct horse\n', 'correct horse'],
  ['correct horse\r\nsecond line', 'correct horse'],
  ['  spaces stay ', '  spaces stay '],
])('a descriptor that holds %j gives %j', async (content, expected) => {
  expect(await withDescriptor(content, (descriptor) => passphrases(descriptor, {})).open('key', 0)).toBe(expected);
});

test('the environment is asked where there is no descriptor, and the descriptor first', async () => {
  const environment = { SLIPWAY_PASSPHRASE: 'from the environment' };
  expect(await passphrases(undefined, environment).open('key', 0)).toBe('from the environment');
  expect(await withDescriptor('from the file', (descriptor) => passphrases(descriptor, environment)).open('key', 0)).toBe('from the file');
});

test('what does not open the key is not tried again', async () => {
  await expect(passphrases(undefined, { SLIPWAY_PASSPHRASE: 'wrong' }).open('root-1a2b3c4d', 1)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG', message: 'the passphrase in SLIPWAY_PASSPHRASE does not open root-1a2b3c4d' });
});

test('new keys need a passphrase that is worth it', async () => {
  await expect(passphrases(undefined, { SLIPWAY_PASSPHRASE: 'short' }).create()).rejects.toMatchObject({ code: 'PASSPHRASE_MISSING', message: expect.stringContaining('At least 8 characters') });
  expect(await passphrases(undefined, { SLIPWAY_PASSPHRASE: 'long enough' }).create()).toBe('long enough');
});

describe('without a terminal', () => {
  test.each([[undefined, ''], [undefined, undefined]])('nobody is asked', async (descriptor, value) => {
    const source = passphrases(descriptor, { SLIPWAY_PASSPHRASE: value });
    await expect(source.open('key', 0)).rejects.toMatchObject({ code: 'PASSPHRASE_MISSING' });
    await expect(source.create()).rejects.toMatchObject({ code: 'PASSPHRASE_MISSING' });
  });
});

test('a descriptor that is empty, closed or none is told', () => {
  expect(() => withDescriptor('', (descriptor) => passphrases(descriptor, {}))).toThrow(expect.objectContaining({ code: 'PASSPHRASE_MISSING' }));
  expect(() => passphrases(999_999, {})).toThrow(expect.objectContaining({ code: 'PASSPHRASE_MISSING', message: 'file descriptor 999999 is not open in this process' }));
  expect(() => passphrases(Number.NaN, {})).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
