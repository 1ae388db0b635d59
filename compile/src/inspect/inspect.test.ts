import { bytesSource, targetOf, type ExecutableFacts, type TargetId } from '@slipway/core';
import { describe, expect, test } from '@jest/globals';
import { fakeExecutable } from '../fake/fake-executable.ts';
import { inspectExecutable } from './inspect.ts';

const fake = (id: TargetId): Buffer => Buffer.from(fakeExecutable(targetOf(id), 'inspect'));
const inspect = (bytes: Uint8Array): ExecutableFacts => inspectExecutable(bytesSource(bytes));

const linuxX64 = { format: 'elf', os: 'linux', arch: 'x64' } as const;
const facts: readonly (readonly [TargetId, ExecutableFacts])[] = [
  ['linux-x64', { ...linuxX64, libc: 'glibc', glibcFloor: '2.17', interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'] }],
  ['linux-x64-musl', { ...linuxX64, libc: 'musl', interpreter: '/lib/ld-musl-x86_64.so.1', needed: ['libc.musl-x86_64.so.1'] }],
  ['linux-arm64', { ...linuxX64, arch: 'arm64', libc: 'glibc', glibcFloor: '2.17', interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] }],
  ['linux-arm64-musl', { ...linuxX64, arch: 'arm64', libc: 'musl', interpreter: '/lib/ld-musl-aarch64.so.1', needed: ['libc.musl-aarch64.so.1'] }],
  ['darwin-x64', { format: 'macho', os: 'darwin', arch: 'x64', needed: ['/usr/lib/libSystem.B.dylib'], minimumMacos: '13.0', signature: 'ad-hoc' }],
  ['darwin-arm64', { format: 'macho', os: 'darwin', arch: 'arm64', needed: ['/usr/lib/libSystem.B.dylib'], minimumMacos: '13.0', signature: 'ad-hoc' }],
  ['windows-x64', { format: 'pe', os: 'windows', arch: 'x64', needed: ['KERNEL32.dll'] }],
  ['windows-arm64', { format: 'pe', os: 'windows', arch: 'arm64', needed: ['KERNEL32.dll'] }],
];

test.each(facts)('%s is read from its bytes', (id, expected) => {
  expect(inspect(fake(id))).toEqual(expected);
});

/** Change text of the same length wherever it stands. */
const replaced = (bytes: Buffer, from: string, to: string): Buffer => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

describe('the C library of an ELF file', () => {
  const rows: readonly (readonly [title: string, bytes: Buffer, expected: Partial<ExecutableFacts>])[] = [
    ['a Nix interpreter', replaced(fake('linux-x64'), '/lib64/ld-linux-x86-64.so.2', '/nix/stor/ld-linux-x86-64.2'), { libc: 'glibc' }],
    ['an unknown interpreter beside libc.so.6', replaced(fake('linux-x64'), '/lib64/ld-linux-x86-64.so.2', '/lib64/my-loader-x86-64.so2'), { libc: 'glibc' }],
    ['an unknown interpreter and library', replaced(replaced(fake('linux-x64-musl'), 'ld-musl', 'ld-xxxx'), 'libc.musl', 'libc.xxxx'), { interpreter: '/lib/ld-xxxx-x86_64.so.1' }],
    ['a private version only', replaced(replaced(fake('linux-arm64'), 'GLIBC_2.17', 'GLIBC_PRIV'), 'GLIBC_2.2.5', 'GLIBC_PRIVA'), { libc: 'glibc' }],
    ['version 2.9 beside 2.2.5', replaced(fake('linux-x64'), 'GLIBC_2.17', 'GLIBC_2.09'), { glibcFloor: '2.9' }],
    ['version 2.100', replaced(fake('linux-x64'), 'GLIBC_2.2.5', 'GLIBC_2.100'), { glibcFloor: '2.100' }],
  ];
  test.each(rows)('with %s', (_, bytes, expected) => {
    const { libc, glibcFloor, interpreter } = inspect(bytes);
    expect({ libc, glibcFloor, interpreter }).toMatchObject(expected);
    if (expected.libc === undefined && expected.glibcFloor === undefined) expect(libc).toBeUndefined();
  });

  test('is none without an interpreter and needed libraries, position-independent or not', () => {
    const bytes = fake('linux-x64');
    bytes.writeUInt32LE(0, 64); // PT_INTERP → PT_NULL
    bytes.writeUInt32LE(0, 64 + 3 * 56); // PT_DYNAMIC → PT_NULL
    bytes.writeUInt16LE(3, 16); // ET_DYN
    expect(inspect(bytes)).toEqual({ ...linuxX64, libc: 'static', needed: [] });
  });
});

const pe = 0x40;
const broken: readonly (readonly [title: string, bytes: Uint8Array, message: RegExp])[] = [
  ['nothing', new Uint8Array(0), /first bytes ""/],
  ['a script', Buffer.from('#!/bin/sh\n'), /it is a script/],
  ['a text', Buffer.from('hello'), /"68656c6c" are those of no ELF, Mach-O or PE/],
  ['a universal Mach-O file', Buffer.from('cafebabe00000002', 'hex'), /universal Mach-O.*lipo -thin/],
  ['a 32-bit Mach-O file', Buffer.from('cefaedfe00000002', 'hex'), /32-bit Mach-O/],
  ['an ELF header cut off', fake('linux-x64').subarray(0, 40), /the ELF header \(64 bytes\) ends beyond the file's 40 bytes/],
  ['a 32-bit ELF file', set(fake('linux-x64'), 4, 1), /32-bit ELF/],
  ['a big-endian ELF file', set(fake('linux-x64'), 5, 2), /big-endian ELF/],
  ['an ELF file for FreeBSD', set(fake('linux-x64'), 7, 9), /system number is 9/],
  ['an ELF file for RISC-V', set(fake('linux-x64'), 18, 0xf3), /ELF machine 243/],
  ['an ELF object file', set(fake('linux-x64'), 16, 1), /ELF type is 1/],
  ['an ELF file whose tail is missing', fake('linux-x64').subarray(0, 560), /segment 2 .* ends beyond/],
  ['too many program headers', set(fake('linux-x64'), 56, 0xff, 0xff), /65535 program headers/],
  ['a dynamic section without an end', set(fake('linux-x64'), 64 + 3 * 56 + 32, 0x10), /dynamic section has no end/],
  ['a Mach-O file for a PowerPC', set(fake('darwin-arm64'), 4, 18), /Mach-O type 0x1000012/],
  ['arm64e', set(fake('darwin-arm64'), 8, 2), /arm64e/],
  ['a Mach-O library', set(fake('darwin-arm64'), 12, 6), /Mach-O file type is 6/],
  ['a Mach-O file whose tail is missing', fake('darwin-x64').subarray(0, 16_500), /segment "__LINKEDIT" .* ends beyond/],
  ['a Mach-O file with a longer tail', Buffer.concat([fake('darwin-x64'), Buffer.alloc(4)]), /__LINKEDIT is not the end of the file/],
  ['a DOS program', set(fake('windows-x64'), pe, 0), /no PE signature/],
  ['a 32-bit PE file', set(fake('windows-x64'), pe + 24 + 1, 1), /kind 0x10b, not PE32\+/],
  ['a PE file for 32-bit x86', set(fake('windows-x64'), pe + 4, 0x4c, 0x01), /PE machine 0x14c/],
  ['a DLL', set(fake('windows-x64'), pe + 23, 0x20), /not those of a program/],
  ['an EFI program', set(fake('windows-x64'), pe + 24 + 68, 10), /subsystem 10/],
  ['a PE file whose checksum is wrong', set(fake('windows-x64'), 0x300, 1), /its checksum is 0x[0-9a-f]+ but its bytes give 0x/],
  ['a PE file whose tail is missing', fake('windows-arm64').subarray(0, 1500), /section 1 .* ends beyond/],
];

function set(bytes: Buffer, offset: number, ...values: readonly number[]): Buffer {
  bytes.set(values, offset);
  return bytes;
}

test.each(broken)('%s is refused with the reason', (_, bytes, message) => {
  expect(() => inspect(bytes)).toThrow(expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringMatching(message) }));
});

test('a PE checksum of zero means unset', () => {
  expect(inspect(set(fake('windows-x64'), pe + 24 + 64, 0, 0, 0, 0)).arch).toBe('x64');
});

test('a bare runtime is refused where an application is expected', () => {
  expect(() => inspectExecutable(bytesSource(fake('linux-x64')), { expectPayload: 'bun' })).toThrow(
    expect.objectContaining({ code: 'INSPECT_MALFORMED', message: expect.stringContaining('the application is missing') }),
  );
});
