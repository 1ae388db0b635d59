/**
 * A console program in the PE32+ format, laid out section by section, with its checksum. Source: Microsoft, "PE
 * Format". All addresses are relative to the image, and there is nothing to relocate: code that is relative to itself
 * may be loaded anywhere, which arm64 insists on.
 */
import type { Arch } from '@slipway/core';
import { alignUp, assemble, fixedText, record, words } from '../fake/record.ts';
import { peChecksum } from '../inspect/pe-checksum.ts';

export interface PeSection {
  readonly name: string;
  readonly address: number;
  /** What the file holds of it; zeros follow up to `size`. */
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly flags: number;
}

export interface PeProgram {
  readonly arch: Arch;
  readonly entry: number;
  readonly sections: readonly PeSection[];
  /** By their index in the optional header. */
  readonly directories: Readonly<Record<number, { readonly address: number; readonly size: number }>>;
}

export const sectionFlags = { code: 0x60000020, constants: 0x40000040, zeros: 0xc0000080 } as const;
export const directoryIndex = { imports: 1, exceptions: 3, importAddresses: 12 } as const;
export const sectionAlignment = 0x1000;

const machines: Readonly<Record<Arch, number>> = { x64: 0x8664, arm64: 0xaa64 };
const fileAlignment = 0x200;
const headerStart = 0x40;
const optionalSize = 240;
const checksumOffset = headerStart + 24 + 64;
const imageBase = 0x1_4000_0000;
/** EXECUTABLE_IMAGE | LARGE_ADDRESS_AWARE */
const characteristics = 0x22;
/** HIGH_ENTROPY_VA | DYNAMIC_BASE | NX_COMPAT | TERMINAL_SERVER_AWARE */
const dllCharacteristics = 0x8160;
const consoleSubsystem = 3;

export function writePe(program: PeProgram): Uint8Array {
  const headersSize = alignUp(headerStart + 24 + optionalSize + program.sections.length * 40, fileAlignment);
  let end = headersSize;
  const placed = program.sections.map((section) => {
    const fileSize = alignUp(section.bytes.length, fileAlignment);
    end += fileSize;
    return { ...section, fileSize, offset: fileSize === 0 ? 0 : end - fileSize };
  });
  const file = assemble(end, [
    [0, dosHeader()],
    [headerStart, peHeader(program, headersSize)],
    [headerStart + 24 + optionalSize, Buffer.concat(placed.map((one) => Buffer.concat([
      fixedText(one.name, 8), words(one.size, one.address, one.fileSize, one.offset, 0, 0, 0, one.flags),
    ])))],
    ...placed.filter((one) => one.fileSize > 0).map((one) => [one.offset, one.bytes] as const),
  ]);
  Buffer.from(file.buffer).writeUInt32LE(peChecksum([file], checksumOffset), checksumOffset);
  return file;
}

function dosHeader(): Buffer {
  const header = Buffer.alloc(headerStart);
  header.write('MZ');
  header.writeUInt32LE(headerStart, 60);
  return header;
}

function peHeader({ arch, entry, sections, directories }: PeProgram, headersSize: number): Buffer {
  const sized = (flags: number): number =>
    sections.filter((one) => one.flags === flags).reduce((sum, one) => sum + alignUp(one.size, fileAlignment), 0);
  const imageSize = Math.max(...sections.map((one) => alignUp(one.address + one.size, sectionAlignment)));
  // No time stamp, no symbols.
  const file = record(
    [4, 0x4550], [2, machines[arch]], [2, sections.length], [4, 0], [4, 0], [4, 0], [2, optionalSize], [2, characteristics],
  );
  const optional = record(
    [2, 0x20b], [1, 14], [1, 0],
    [4, sized(sectionFlags.code)], [4, sized(sectionFlags.constants)], [4, sized(sectionFlags.zeros)],
    [4, entry], [4, sections[0]?.address ?? 0], [8, imageBase], [4, sectionAlignment], [4, fileAlignment],
    // Operating system, image and subsystem versions: Windows 8 or newer, what linkers write for arm64.
    [2, 6], [2, 2], [2, 0], [2, 0], [2, 6], [2, 2], [4, 0],
    [4, imageSize], [4, headersSize], [4, 0], [2, consoleSubsystem], [2, dllCharacteristics],
    // Stack and heap: reserved, committed.
    [8, 0x100000], [8, 0x1000], [8, 0x100000], [8, 0x1000], [4, 0], [4, 16],
  );
  const table = Buffer.alloc(16 * 8);
  for (const [index, { address, size }] of Object.entries(directories)) table.set(words(address, size), Number(index) * 8);
  return Buffer.concat([file, optional, table]);
}
