import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SlipwayError } from '@slipway/core';
import { deriveKey, generateKey, newKdf, parseKeyFile, unseal, type KeyFile } from './key-file.ts';

const parameters = newKdf(14);
const sealing = await deriveKey('correct horse', parameters);
const { file, signer } = generateKey('stable', 1_700_000_000, parameters, sealing);
const text = JSON.stringify(file);

test('a key that is sealed signs as before when it is opened', () => {
  const opened = unseal(parseKeyFile(text, 'key'), sealing, 'key');
  expect(opened?.sign(Buffer.from('message'))).toBe(signer.sign(Buffer.from('message')));
});

test('another passphrase opens nothing', async () => {
  expect(unseal(file, await deriveKey('correct house', parameters), 'key')).toBeUndefined();
});

test('a passphrase is the same however its accents are composed', async () => {
  expect(await deriveKey('caf\u00e9 horse', parameters)).toEqual(await deriveKey('cafe\u0301 horse', parameters));
});

test.each<[string, Partial<KeyFile>]>([
  ['role', { role: 'nightly' }],
  ['date', { created: file.created + 1 }],
  ['secret', { secret: file.secret.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }],
])('a file whose %s was changed does not open', (_, change) => {
  expect(unseal({ ...file, ...change }, sealing, 'key')).toBeUndefined();
});

describe('what is no key file is refused with KEY_INVALID', () => {
  const { secret: _, ...withoutSecret } = file;
  test.each<[string, string]>([
    ['nothing', ''],
    ['other JSON', '[]'],
    ['more than a key has', ' '.repeat(9000)],
    ['another format', JSON.stringify({ ...file, format: 2 })],
    ['an unknown field', JSON.stringify({ ...file, comment: 'mine' })],
    ['no secret', JSON.stringify(withoutSecret)],
    ['more memory than this machine shall give', JSON.stringify({ ...file, kdf: { ...file.kdf, log2N: 30 } })],
    ['a work that protects nothing', JSON.stringify({ ...file, kdf: { ...file.kdf, log2N: 1 } })],
    ['a role that is a path', JSON.stringify({ ...file, role: '../stable' })],
    ['the id of another key', JSON.stringify({ ...file, keyid: '0'.repeat(64) })],
  ])('%s', (_, written) => {
    expect(() => parseKeyFile(written, 'key')).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }));
  });
});

test('any damage is refused or does not open, and nothing else is ever thrown', () => {
  const damaged = fc.array(fc.tuple(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 3 })), { minLength: 1, maxLength: 4 })
    .map((edits) => edits.reduce((all, [at, put]) => all.slice(0, at) + put + all.slice(at + 1), text));
  fc.assert(fc.property(damaged, (written) => {
    let parsed: KeyFile;
    try {
      parsed = parseKeyFile(written, 'key');
    } catch (error) {
      return error instanceof SlipwayError && error.code === 'KEY_INVALID';
    }
    const same = JSON.stringify({ ...parsed, kdf: file.kdf }) === text;
    return same || unseal(parsed, sealing, 'key') === undefined;
  }), { seed: 20_261_121, numRuns: 2000 });
});
