import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { bytesSource } from '@slipway/core';
import { inspectExecutable } from '../inspect/inspect.ts';
import { windowsLauncher } from './launcher.ts';
import { editResources, type ResourceOptions } from './resources.ts';

const program = windowsLauncher('x64', 'slipway.exe', 'slipwayd');
const options: ResourceOptions = {
  fileVersion: [0, 4, 65535, 7],
  productName: 'Slipway',
  productVersion: '0.4.0-nightly.20240115',
  description: 'Ships programs everywhere — ünï 日本',
  company: 'Example Ltd',
  copyright: '© 2026 Example Ltd',
  originalFilename: 'slipway.exe',
  internalName: 'slipway',
};
const image = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(5000, 1)]);
const icon = Buffer.concat([Buffer.from('00000100010010100000010020009013000016000000', 'hex'), image]);

function resourcesOf(exe: Uint8Array): NtExecutableResource['entries'] {
  return NtExecutableResource.from(NtExecutable.from(exe)).entries;
}

const python = process.env['PYTHON'] ?? 'python3';
const reader = spawnSync(python, ['-c', 'import pefile']).status === 0 ? python : undefined;

describe('editResources', () => {
  test('writes the version information', () => {
    const [version] = Resource.VersionInfo.fromEntries(resourcesOf(editResources(program, options)));
    expect(version?.getStringValues({ lang: 0x409, codepage: 1200 })).toEqual({
      CompanyName: 'Example Ltd', FileDescription: 'Ships programs everywhere — ünï 日本', FileVersion: '0.4.65535.7', InternalName: 'slipway',
      LegalCopyright: '© 2026 Example Ltd', OriginalFilename: 'slipway.exe', ProductName: 'Slipway', ProductVersion: '0.4.0-nightly.20240115',
    });
    expect(version?.fixedInfo).toMatchObject({ fileVersionMS: 4, fileVersionLS: 0xffff0007, productVersionMS: 4, productVersionLS: 0xffff0007, fileType: 1, fileDateMS: 0 });
  });

  test('leaves out what is not given', () => {
    const { company: _company, copyright: _copyright, ...rest } = options;
    const [version] = Resource.VersionInfo.fromEntries(resourcesOf(editResources(program, rest)));
    expect(Object.keys(version?.getStringValues({ lang: 0x409, codepage: 1200 }) ?? {})).toEqual([
      'FileDescription', 'FileVersion', 'InternalName', 'OriginalFilename', 'ProductName', 'ProductVersion',
    ]);
  });

  test('writes the icon as a group and its images', () => {
    const entries = resourcesOf(editResources(program, { ...options, icon }));
    expect(entries.map(({ type, id, lang }) => [type, id, lang])).toEqual([[3, 1, 0x409], [14, 1, 0x409], [16, 1, 0x409]]);
    expect(Buffer.from(entries[0]?.bin ?? new ArrayBuffer()).equals(image)).toBe(true);
    expect(Buffer.from(entries[1]?.bin ?? new ArrayBuffer()).toString('hex')).toBe('0000010001001010000001002000901300000100');
  });

  test('takes the place of all icons and versions that were there and leaves the rest', () => {
    const before = NtExecutable.from(program);
    const resources = NtExecutableResource.from(before);
    const other = (type: number | string, id: number | string, text: string): NtExecutableResource['entries'][number] =>
      ({ type, id, lang: 0x409, codepage: 0, bin: Uint8Array.from(Buffer.from(text)).buffer });
    resources.entries = [other(3, 1, 'RUNTIME'), other(3, 9, 'RUNTIME'), other(14, 'IDI_MYICON', 'RUNTIME'), other(16, 1, 'RUNTIME'), other(24, 1, '<manifest/>'), other('DATA', 'x', 'kept')];
    resources.outputResource(before);
    const edited = editResources(new Uint8Array(before.generate()), options);
    expect(resourcesOf(edited).map(({ type, id }) => [type, id])).toEqual([['DATA', 'x'], [16, 1], [24, 1]]);
    expect(Buffer.from(edited).includes('RUNTIME')).toBe(false);
    expect(Buffer.from(edited).includes('<manifest/>')).toBe(true);
  });

  test.each([
    ['x64', undefined], ['x64', icon], ['arm64', undefined], ['arm64', icon],
  ] as const)('leaves a sound program whose checksum is unset: %s', (arch, withIcon) => {
    const exe = windowsLauncher(arch, 'slipway.exe', 'slipwayd');
    const edited = editResources(exe, { ...options, ...(withIcon !== undefined && { icon: withIcon }) });
    expect(inspectExecutable(bytesSource(edited))).toEqual(inspectExecutable(bytesSource(exe)));
    expect(NtExecutable.from(edited).newHeader.optionalHeader.checkSum).toBe(0);
    expect(Buffer.from(edited).includes(Buffer.from(exe.subarray(0x200)))).toBe(true);
  });

  test('gives the same bytes every time', () => {
    const once = editResources(program, { ...options, icon });
    expect(Buffer.compare(editResources(program, { ...options, icon }), once)).toBe(0);
  });

  test('leaves its input alone', () => {
    const copy = Uint8Array.from(program);
    editResources(copy, { ...options, icon });
    expect(Buffer.compare(copy, program)).toBe(0);
  });

  test.each([
    ['an icon that is none', { ...options, icon: Buffer.from('<svg/>') }, 'CONFIG_INVALID', 'not an .ico file'],
    ['texts longer than Windows can hold', { ...options, description: 'x'.repeat(40_000) }, 'CONFIG_INVALID', 'more than Windows can hold'],
  ])('refuses %s', (_what, bad, code, message) => {
    expect(() => editResources(program, bad)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test.each([
    ['no program', Buffer.from('\x7fELF'.padEnd(200, '\0'))],
    ['a program without its sections', Buffer.from(program.subarray(0, 0x300))],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_what, exe) => {
    expect(() => editResources(exe, options)).toThrow(expect.objectContaining({ code: 'BASE_CHECK_FAILED' }));
  });

  (reader === undefined ? test.skip : test)('is read by the Python module pefile (when it is installed)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'resources-'));
    try {
      writeFileSync(join(folder, 'a.exe'), editResources(program, { ...options, icon }));
      expect(JSON.parse(execFileSync(python, ['-c', pefileScript, join(folder, 'a.exe')], { encoding: 'utf8' }))).toEqual({
        checksum: 0,
        resources: [['RT_ICON', 1, image.length], ['RT_GROUP_ICON', 1, 20], ['RT_VERSION', 1, expect.any(Number)]],
        fixed: [4, 0xffff0007, 4, 0xffff0007],
        strings: expect.objectContaining({ ProductName: 'Slipway', FileDescription: options.description, LegalCopyright: options.copyright }),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const pefileScript = `
import json, sys, pefile
pe = pefile.PE(sys.argv[1])
kinds = [(kind.id, entry) for kind in pe.DIRECTORY_ENTRY_RESOURCE.entries for entry in kind.directory.entries]
fixed = pe.VS_FIXEDFILEINFO[0]
strings = [part for part in pe.FileInfo[0] if hasattr(part, 'StringTable')][0].StringTable[0].entries
print(json.dumps({
    'checksum': pe.OPTIONAL_HEADER.CheckSum,
    'resources': [[pefile.RESOURCE_TYPE[kind], entry.id, entry.directory.entries[0].data.struct.Size] for kind, entry in kinds],
    'fixed': [fixed.FileVersionMS, fixed.FileVersionLS, fixed.ProductVersionMS, fixed.ProductVersionLS],
    'strings': {key.decode(): value.decode() for key, value in strings.items()},
}))
`;
