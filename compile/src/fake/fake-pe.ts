/**
 * A PE32+ console program that imports KERNEL32.dll, with a checksum. Source: Microsoft, "PE Format".
 */
import type { Arch } from '@slipway/core';
import { peChecksum } from '../inspect/pe-checksum.ts';
import { windowsProgram, type WindowsImports } from './machine-code.ts';
import { alignUp, assemble, fixedText, layOut, record, words } from './record.ts';

const machines: Readonly<Record<Arch, number>> = { x64: 0x8664, arm64: 0xaa64 };
const imageBase = 0x1_4000_0000;
const sectionAlignment = 0x1000;
const fileAlignment = 0x200;
const headerStart = 0x40;
const headersSize = 0x200;
const checksumOffset = headerStart + 24 + 64;
const codeAddress = 0x1000;
const dataAddress = 0x2000;
const functions = ['ExitProcess', 'GetStdHandle', 'WriteFile'] as const;
/** HIGH_ENTROPY_VA | DYNAMIC_BASE | NX_COMPAT | TERMINAL_SERVER_AWARE; arm64 insists on DYNAMIC_BASE. */
const dllCharacteristics = 0x8160;

export function fakePe(arch: Arch, message: Uint8Array): Uint8Array {
  const data = dataSection(message);
  const code = windowsProgram(arch, codeAddress, { address: data.message, length: message.length }, data.slots);
  const sections = [
    { name: '.text', address: codeAddress, bytes: code, flags: 0x60000020 },
    { name: '.data', address: dataAddress, bytes: data.bytes, flags: 0xc0000040 },
  ];
  let offset = headersSize;
  const placed = sections.map((section) => {
    const fileSize = alignUp(section.bytes.length, fileAlignment);
    offset += fileSize;
    return { ...section, fileSize, offset: offset - fileSize };
  });
  const table = Buffer.concat(placed.map((one) => Buffer.concat([
    fixedText(one.name, 8), words(one.bytes.length, one.address, one.fileSize, one.offset, 0, 0, 0, one.flags),
  ])));
  const file = assemble(offset, [
    [0, dosHeader()], [headerStart, peHeader(arch, placed[0]?.fileSize ?? 0, placed[1]?.fileSize ?? 0, data.imports)],
    [headerStart + 24 + 240, table], ...placed.map((one) => [one.offset, one.bytes] as const),
  ]);
  Buffer.from(file.buffer).writeUInt32LE(peChecksum([file], checksumOffset), checksumOffset);
  return file;
}

interface DataSection {
  readonly bytes: Uint8Array;
  readonly imports: number;
  readonly message: number;
  readonly slots: WindowsImports;
}

/** The import directory, what it names, and the message; all addresses are relative to the image. */
function dataSection(message: Uint8Array): DataSection {
  const hints = functions.map((name) => Buffer.from(`\0\0${name}\0`));
  const thunks = Buffer.alloc((functions.length + 1) * 8);
  const { offsets, end } = layOut(dataAddress, [
    ['imports', Buffer.alloc(40), 8], ['lookup', thunks, 8], ['slots', thunks, 8],
    ['ExitProcess', hints[0] as Buffer, 2], ['GetStdHandle', hints[1] as Buffer, 2], ['WriteFile', hints[2] as Buffer, 2],
    ['library', Buffer.from('KERNEL32.dll\0'), 2], ['message', message, 8],
  ]);
  const names = record(...functions.map((name) => [8, offsets[name]] as const), [8, 0]);
  const at = (name: keyof typeof offsets): number => offsets[name] - dataAddress;
  const bytes = assemble(end - dataAddress, [
    [at('imports'), words(offsets.lookup, 0, 0, offsets.library, offsets.slots)], [at('lookup'), names], [at('slots'), names],
    ...functions.map((name, i) => [at(name), hints[i] as Buffer] as const),
    [at('library'), Buffer.from('KERNEL32.dll\0')], [at('message'), message],
  ]);
  const slots = { ExitProcess: offsets.slots, GetStdHandle: offsets.slots + 8, WriteFile: offsets.slots + 16 };
  return { bytes, imports: offsets.imports, message: offsets.message, slots };
}

function dosHeader(): Buffer {
  const header = Buffer.alloc(headerStart);
  header.write('MZ');
  header.writeUInt32LE(headerStart, 60);
  return header;
}

function peHeader(arch: Arch, codeSize: number, dataSize: number, imports: number): Buffer {
  const file = record([4, 0x4550], [2, machines[arch]], [2, 2], [4, 0], [4, 0], [4, 0], [2, 240], [2, 0x22]);
  const optional = record(
    [2, 0x20b], [1, 14], [1, 0], [4, codeSize], [4, dataSize], [4, 0], [4, codeAddress], [4, codeAddress],
    [8, imageBase], [4, sectionAlignment], [4, fileAlignment], [2, 10], [2, 0], [2, 0], [2, 0], [2, 10], [2, 0], [4, 0],
    [4, dataAddress + sectionAlignment], [4, headersSize], [4, 0], [2, 3], [2, dllCharacteristics],
    [8, 0x100000], [8, 0x1000], [8, 0x100000], [8, 0x1000], [4, 0], [4, 16],
  );
  const directories = Buffer.alloc(16 * 8);
  directories.writeUInt32LE(imports, 8);
  directories.writeUInt32LE(40, 12);
  return Buffer.concat([file, optional, directories]);
}
