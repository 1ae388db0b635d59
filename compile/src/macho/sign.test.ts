import { bytesSource, targetOf } from '@slipway/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { BoundedReader } from '../inspect/bounded-reader.ts';
import { inspectExecutable } from '../inspect/inspect.ts';
import { memoryBytes } from './editable-bytes.ts';
import { readMachOImage, segmentNamed, signatureRangeOf } from './load-commands.ts';
import { signAdHoc, signBytes } from './sign.ts';
import { readSignatureBlobs } from './signature-blobs.ts';
import { buildSignature } from './signature-writer.ts';

const fake = (arch: 'x64' | 'arm64'): Buffer => Buffer.from(fakeExecutable(targetOf(`darwin-${arch}`), 'sign'));
const codeLimit = 16_400;
const signatureCommand = 32 + 688;

function signed(bytes: Uint8Array, identifier = 'com.example.tool'): Buffer {
  const file = memoryBytes(bytes);
  signBytes(file, identifier);
  return Buffer.from(file.bytes);
}

/** As a linker without signing leaves it. */
function unsigned(arch: 'x64' | 'arm64'): Buffer {
  const bytes = fake(arch).subarray(0, codeLimit);
  bytes.fill(0, signatureCommand, signatureCommand + 16);
  bytes.writeUInt32LE(11, 16);
  bytes.writeUInt32LE(688, 20);
  bytes.writeBigUInt64LE(16n, linkeditCommand(fake(arch)) + 48);
  return bytes;
}

function linkeditCommand(bytes: Uint8Array): number {
  return segmentNamed(readMachOImage(new BoundedReader(bytesSource(bytes))), '__LINKEDIT')?.command.fields.offset as number;
}

const signatureOf = (bytes: Uint8Array) => inspectExecutable(bytesSource(bytes)).signature;

describe.each(['x64', 'arm64'] as const)('signing for %s', (arch) => {
  test('adds the signature and its load command', () => {
    expect(signatureOf(unsigned(arch))).toBe('none');
    expect(signatureOf(signed(unsigned(arch)))).toBe('ad-hoc');
  });

  test('gives the same bytes whether there was a signature before or not, and again', () => {
    const once = signed(unsigned(arch));
    expect(signed(fake(arch)).equals(once)).toBe(true);
    expect(signed(once).equals(once)).toBe(true);
    expect(signed(signed(fake(arch), 'a.much.longer.identifier.than.the.other')).equals(once)).toBe(true);
  });

  test('repairs a signature whose pages have changed', () => {
    const changed = fake(arch);
    changed.writeUInt8(0xff, 0x800);
    expect(() => signatureOf(changed)).toThrow(/page 0 of 5 changed/);
    expect(signatureOf(signed(changed))).toBe('ad-hoc');
  });

  test('ends __LINKEDIT where the file ends and rounds its memory to 16 kB', () => {
    const bytes = signed(unsigned(arch));
    const linkedit = segmentNamed(readMachOImage(new BoundedReader(bytesSource(bytes))), '__LINKEDIT');
    expect(linkedit).toMatchObject({ offset: 16_384, fileSize: bytes.length - 16_384 });
    expect(linkedit?.command.fields.u64(32)).toBe(16_384);
    expect(bytes.length % 16).toBe(0);
  });
});

test('the identifier is part of the signature', () => {
  expect(signed(fake('arm64')).includes('com.example.tool\0')).toBe(true);
  expect(signed(fake('arm64'), 'other').equals(signed(fake('arm64')))).toBe(false);
});

test('entitlements of the earlier signature are kept and sealed', () => {
  const xml = Buffer.concat([Buffer.from('fade717100000020', 'hex'), Buffer.from('<plist>allow-jit</plist>')]);
  const der = Buffer.from('fade71720000000a7000', 'hex');
  const before = unsigned('arm64');
  const image = readMachOImage(new BoundedReader(bytesSource(fake('arm64'))));
  const old = buildSignature({
    identifier: 'old', codeLimit, textSegment: { offset: 0, fileSize: 16_384 }, entitlements: [{ slot: 5, blob: xml }, { slot: 7, blob: der }],
  }, [before]);
  const withOld = Buffer.concat([fake('arm64').subarray(0, codeLimit), old]);
  withOld.writeUInt32LE(old.length, (image.commands.at(-1)?.fields.offset as number) + 12);
  withOld.writeBigUInt64LE(BigInt(withOld.length - 16_384), linkeditCommand(withOld) + 48);

  const bytes = signed(withOld);
  expect(signatureOf(bytes)).toBe('ad-hoc');
  const reader = new BoundedReader(bytesSource(bytes));
  const range = signatureRangeOf(readMachOImage(reader));
  const kept = readSignatureBlobs(reader, range as NonNullable<typeof range>).filter(({ slot }) => slot === 5 || slot === 7);
  expect(kept.map(({ offset, length }) => bytes.subarray(offset, offset + length))).toEqual([xml, der]);
});

test('an embedded Info.plist is sealed', () => {
  const bytes = fake('arm64');
  const name = bytes.indexOf('__const\0');
  bytes.write('__info_plist', name);
  const result = signed(bytes);
  expect(signatureOf(result)).toBe('ad-hoc');
  const directory = codeLimit + 36;
  const sealOfPlist = directory + 88 + 'com.example.tool\0'.length + 32;
  expect(result.subarray(sealOfPlist, sealOfPlist + 32).some((byte) => byte !== 0)).toBe(true);
});

describe('is refused', () => {
  const rows: readonly (readonly [title: string, bytes: () => Uint8Array, identifier: string, code: string, message: RegExp])[] = [
    ['an ELF file', () => fakeExecutable(targetOf('linux-x64'), 'sign'), 'x', 'INSPECT_MALFORMED', /not a thin 64-bit little-endian Mach-O/],
    ['a header without room', () => {
      const bytes = unsigned('arm64');
      bytes.fill(1, signatureCommand + 15, signatureCommand + 16);
      return bytes;
    }, 'x', 'COMPILE_FAILED', /no room for the load command/],
    ['a file that goes on behind __LINKEDIT', () => Buffer.concat([unsigned('x64'), Buffer.alloc(16)]), 'x', 'INSPECT_MALFORMED', /__LINKEDIT is not the end/],
    ['bytes behind an earlier signature', () => Buffer.concat([fake('x64'), Buffer.alloc(16)]), 'x', 'INSPECT_MALFORMED', /bytes follow the code signature/],
    ['an empty identifier', () => fake('x64'), '', 'NAME_INVALID', /cannot identify/],
    ['an identifier with a zero', () => fake('x64'), 'a\0b', 'NAME_INVALID', /cannot identify/],
  ];
  test.each(rows)('%s', (_, bytes, identifier, code, message) => {
    expect(() => signed(bytes(), identifier)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sign-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is signed in place as the same bytes in memory are, and keeps its mode', () => {
    const path = join(folder, 'program');
    writeFileSync(path, unsigned('x64'));
    chmodSync(path, 0o755);
    signAdHoc(path, 'com.example.tool');
    expect(readFileSync(path).equals(signed(unsigned('x64')))).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test('that is missing is named', () => {
    expect(() => signAdHoc(join(folder, 'none'), 'x')).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }));
  });
});
