/**
 * Facts of a PE32+ executable for Windows. Source: Microsoft, "PE Format".
 */
import type { Arch, ExecutableFacts } from '@slipway/core';
import { hex, malformed, type BoundedReader, type Fields } from './bounded-reader.ts';
import { readPayload, type Payload } from './bun-payload.ts';
import { peChecksum } from './pe-checksum.ts';

const machines: Readonly<Record<number, Arch>> = { 0x8664: 'x64', 0xaa64: 'arm64' };
const subsystems: readonly number[] = [2, 3]; // Windows GUI, Windows console
const flags = { executable: 0x0002, library: 0x2000 } as const;
const directories = { imports: 1, certificates: 4 } as const;
/** Windows loads no image with more. */
const mostSections = 96;
const mostImports = 1024;
const longestName = 255;

interface PeImage {
  readonly arch: Arch;
  readonly optional: Fields;
  readonly sections: readonly Section[];
}

interface Section {
  readonly name: string;
  readonly address: number;
  readonly virtualSize: number;
  readonly offset: number;
  readonly fileSize: number;
}

/** Throws INSPECT_MALFORMED; a checksum that is set must be right (zero means unset). */
export function inspectPe(reader: BoundedReader): ExecutableFacts {
  const image = readImage(reader);
  checkChecksum(reader, image.optional);
  checkCertificates(reader, image.optional);
  const payload = findPayload(reader, image.sections);
  return {
    format: 'pe', os: 'windows', arch: image.arch,
    needed: readImports(reader, image),
    ...(payload !== undefined && { payload }),
  };
}

function readImage(reader: BoundedReader): PeImage {
  const start = reader.fields(0, 64, 'the DOS header').u32(60);
  if (start % 4 !== 0) malformed(`its PE header is at ${hex(start)}, which is not aligned`, 60);
  const header = reader.fields(start, 24, 'the PE header');
  if (header.u32(0) !== 0x4550) malformed('it has no PE signature, so it is a DOS or 16-bit program', start);
  const arch = machines[header.u16(4)] ?? malformed(`its CPU is PE machine ${hex(header.u16(4))}, neither x86-64 nor ARM64`, start + 4);
  const characteristics = header.u16(22);
  if ((characteristics & flags.executable) === 0 || (characteristics & flags.library) !== 0) {
    malformed(`its characteristics ${hex(characteristics)} are not those of a program`, start + 22);
  }
  const optionalSize = header.u16(20);
  if (optionalSize < 112) malformed(`its optional header has ${optionalSize} bytes, fewer than PE32+ needs`, start + 20);
  const optional = reader.fields(start + 24, optionalSize, 'the optional header');
  if (optional.u16(0) !== 0x20b) malformed(`its optional header is of kind ${hex(optional.u16(0))}, not PE32+`, start + 24);
  if (!subsystems.includes(optional.u16(68))) malformed(`its subsystem ${optional.u16(68)} is not that of a Windows program`, start + 92);
  return { arch, optional, sections: readSections(reader, start + 24 + optionalSize, header.u16(6)) };
}

function readSections(reader: BoundedReader, offset: number, count: number): readonly Section[] {
  if (count === 0 || count > mostSections) malformed(`${count} sections, not 1 to ${mostSections}`, offset);
  const table = reader.fields(offset, count * 40, 'the section table');
  return Array.from({ length: count }, (_, i) => {
    const at = i * 40;
    const name = Array.from({ length: 8 }, (_byte, n) => String.fromCharCode(table.u8(at + n))).join('').replace(/\0.*$/su, '');
    const section = {
      name, virtualSize: table.u32(at + 8), address: table.u32(at + 12), fileSize: table.u32(at + 16), offset: table.u32(at + 20),
    };
    if (section.fileSize > 0) reader.within(section.offset, section.fileSize, `section ${i}`);
    return section;
  });
}

function directory(optional: Fields, index: number): { readonly address: number; readonly size: number } | undefined {
  const at = 112 + index * 8;
  if (index >= optional.u32(108) || at + 8 > optional.length) return undefined;
  const found = { address: optional.u32(at), size: optional.u32(at + 4) };
  return found.address === 0 ? undefined : found;
}

function checkChecksum(reader: BoundedReader, optional: Fields): void {
  const written = optional.u32(64);
  if (written === 0) return;
  const actual = peChecksum(reader.pieces(0, reader.size, 'the file'), optional.offset + 64);
  if (written !== actual) malformed(`its checksum is ${hex(written)} but its bytes give ${hex(actual)}`, optional.offset + 64);
}

/** The certificate table is the one directory that holds a file offset. */
function checkCertificates(reader: BoundedReader, optional: Fields): void {
  const found = directory(optional, directories.certificates);
  if (found !== undefined) reader.within(found.address, found.size, 'the certificate table');
}

/** Names of the DLLs that Windows loads at start; delay-loaded ones are not needed for that. */
function readImports(reader: BoundedReader, image: PeImage): readonly string[] {
  const table = directory(image.optional, directories.imports);
  const names: string[] = [];
  for (let at = table?.address; at !== undefined; at += 20) {
    const where = fileRangeOf(image.sections, at, 'the import table');
    const name = reader.fields(where.offset, 20, 'an import descriptor').u32(12);
    if (name === 0) break;
    if (names.length === mostImports) malformed(`it imports more than ${mostImports} DLLs`, where.offset);
    const range = fileRangeOf(image.sections, name, 'the name of a DLL');
    names.push(reader.text(range.offset, range.end, longestName, 'the name of a DLL'));
  }
  return names;
}

function fileRangeOf(sections: readonly Section[], address: number, what: string): { readonly offset: number; readonly end: number } {
  const section = sections.find((one) => address >= one.address && address - one.address < one.fileSize);
  if (section === undefined) return malformed(`${what} is at address ${hex(address)}, which no section holds`);
  return { offset: section.offset + (address - section.address), end: section.offset + section.fileSize };
}

/** Bun appends a section of this name; its virtual size is the length field and the payload, without the filling. */
function findPayload(reader: BoundedReader, sections: readonly Section[]): Payload | undefined {
  const section = sections.find((one) => one.name === '.bun');
  return section && readPayload(reader, section.offset, Math.min(section.fileSize, section.virtualSize));
}
