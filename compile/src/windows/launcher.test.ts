import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bytesSource, type Arch } from '@slipway/core';
import { inspectExecutable } from '../inspect/inspect.ts';
import { arm64Listing } from './launcher-arm64.ts';
import { x64Listing } from './launcher-x64.ts';
import { windowsLauncher } from './launcher.ts';
import { link, readListing } from './listing.ts';

const arches: readonly Arch[] = ['x64', 'arm64'];
const listings = { x64: x64Listing, arm64: arm64Listing };
const launcher = (arch: Arch): Uint8Array => windowsLauncher(arch, 'slipway.exe', 'slipwayd');

/** A test that says in its title which program it would need. */
function testWith(program: string): typeof test | typeof test.skip {
  return spawnSync(program, ['--version']).status === 0 ? test : test.skip;
}

function inFolder<T>(act: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  try {
    return act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the launcher of a second name', () => {
  test.each([
    ['x64', 2560, '8ca66381cc89fc797925e824fb4bb8f044abec9cb13844afe4da7447697598de'],
    ['arm64', 2048, 'dd6ba86294d6697c7cf36d12c3d9791c2c7d8d67f65397554eeb5d9408b6d364'],
  ] as const)('is the same bytes every time: %s', (arch, size, sha256) => {
    expect(launcher(arch)).toHaveLength(size);
    expect(createHash('sha256').update(launcher(arch)).digest('hex')).toBe(sha256);
  });

  test.each(arches)('is a sound program that needs one DLL, with the right checksum: %s', (arch) => {
    expect(inspectExecutable(bytesSource(launcher(arch)))).toEqual({ format: 'pe', os: 'windows', arch, needed: ['KERNEL32.dll'] });
  });

  test.each(arches)('carries its own name and that of the program, for the environment, the path and the message: %s', (arch) => {
    const bytes = Buffer.from(windowsLauncher(arch, 'Tool-2.exe', 'toold'));
    for (const wide of ['SLIPWAY_RUN_AS', 'toold', 'Tool-2.exe']) expect(bytes.includes(Buffer.from(`${wide}\0`, 'utf16le'))).toBe(true);
    expect(bytes.includes('toold.exe: cannot start Tool-2.exe, which must be in the same folder\r\n')).toBe(true);
  });

  test.each(arches)('takes the longest names: %s', (arch) => {
    const long = 'n'.repeat(63);
    expect(inspectExecutable(bytesSource(windowsLauncher(arch, `${long}.exe`, long))).arch).toBe(arch);
  });

  test.each([
    ['slipway', 'slipwayd', 'does not end with .exe'],
    ['../slipway.exe', 'slipwayd', 'cannot be the name'],
    ['sub\\slipway.exe', 'slipwayd', 'cannot be the name'],
    ['.exe', 'slipwayd', 'cannot be the name'],
    ['slipway.exe', 'slip\0way', 'cannot be the name'],
    ['slipway.exe', '', 'cannot be the name'],
    ['slipway.exe', 'nul', 'cannot be the name'],
  ])('refuses the names %j and %j', (target, runAs, message) => {
    expect(() => windowsLauncher('x64', target, runAs)).toThrow(message);
  });

  testWith('llvm-readobj').each(arches)('has hardened headers, as llvm-readobj reads them: %s', (arch) => {
    const report = inFolder((folder) => {
      writeFileSync(join(folder, 'a.exe'), launcher(arch));
      return execFileSync('llvm-readobj', ['--file-headers', '--sections', '--coff-imports', join(folder, 'a.exe')], { encoding: 'utf8' });
    });
    for (const expected of [
      arch === 'x64' ? 'IMAGE_FILE_MACHINE_AMD64' : 'IMAGE_FILE_MACHINE_ARM64', 'IMAGE_SUBSYSTEM_WINDOWS_CUI', 'TimeDateStamp: 1970-01-01',
      'IMAGE_DLL_CHARACTERISTICS_DYNAMIC_BASE', 'IMAGE_DLL_CHARACTERISTICS_HIGH_ENTROPY_VA', 'IMAGE_DLL_CHARACTERISTICS_NX_COMPAT',
      'Name: KERNEL32.dll', 'Symbol: CreateProcessW', 'SectionCount: 3',
    ]) expect(report).toContain(expected);
    expect(report).not.toContain('IMAGE_FILE_RELOCS_STRIPPED');
    expect(report.match(/Symbol: /g)).toHaveLength(16);
  });

  test.each([
    // What llvm-mc makes of the same prologues written with .seh_stackalloc, .seh_save_fplr_x and .seh_set_fp.
    ['x64', ['0104010004a20000', '0104010004420000']],
    ['arm64', ['6a00000801e181e4', 'a81100002900e000']],
  ] as const)('tells Windows how to walk its stack: %s', (arch, records) => {
    const hex = Buffer.from(launcher(arch)).toString('hex');
    for (const record of records) expect(hex).toContain(record);
  });
});

describe('a listing', () => {
  testWith('llvm-mc').each(arches)('holds the bytes that llvm-mc makes of its text: %s', (arch) => {
    // Without the labels every name is unknown, and the assembler leaves its distance zero, as the listing does.
    const instructions = listings[arch].split('\n').filter((line) => line.startsWith(' '));
    const source = instructions.map((line) => line.replace(/^ +[0-9a-f]+ +/, '').replace(/;.*/, '')).join('\n');
    const triple = arch === 'x64' ? 'x86_64-elf' : 'aarch64-elf';
    const assembled = inFolder((folder) => {
      const [input, object, output] = ['code.s', 'code.o', 'code.bin'].map((name) => join(folder, name)) as [string, string, string];
      writeFileSync(input, `${arch === 'x64' ? '.intel_syntax noprefix\n' : ''}${source}\n`);
      execFileSync('llvm-mc', [`-triple=${triple}`, '-filetype=obj', '-mc-relax-all', '-o', object, input]);
      execFileSync('llvm-objcopy', ['-O', 'binary', '-j', '.text', object, output]);
      return readFileSync(output).toString('hex');
    });
    const listed = Buffer.concat(readListing(arch, listings[arch]).instructions.map(({ bytes }) => bytes)).toString('hex');
    expect(listed).toBe(assembled);
  });

  test.each([
    ['x64', 'start:\n  488d0d  lea rcx, [rip + there]\n  0f84  je start\n', '488d0df91f00000f84f3ffffff'],
    ['arm64', 'start:\n  10000001  adr x1, there\n  54000000  b.eq start\n', '01000110e0ffff54'],
    ['arm64', '  58000010  ldr x16, there\n  34000000  cbz w0, end\nend:\n', '1000015820000034'],
  ] as const)('gets its distances put in: %s %j', (arch, text, expected) => {
    expect(link(readListing(arch, text), 0x1000, { there: 0x3000 }).toString('hex')).toBe(expected);
  });

  test.each([
    ['x64', '  4883ec58sub rsp, 88', 'is no instruction'],
    ['x64', '  sub rsp, 88', 'is no instruction'],
    ['x64', '  488  sub rsp, 88', 'is no instruction'],
  ] as const)('is refused where a line is not understood: %s %j', (arch, text, message) => {
    expect(() => readListing(arch, text)).toThrow(message);
  });

  test.each([
    ['x64', '  0f84  je nowhere', 'names nowhere'],
    ['arm64', '  10000001  adr x1, far', 'cannot reach'],
    ['arm64', '  58000010  ldr x16, odd', 'cannot reach'],
  ] as const)('is refused where a name leads nowhere: %s %j', (arch, text, message) => {
    expect(() => link(readListing(arch, text), 0, { far: 1 << 20, odd: 6 })).toThrow(message);
  });
});
