/**
 * The header and load commands of a thin 64-bit Mach-O executable. Source: Apple, mach-o/loader.h and mach/machine.h.
 */
import type { Arch } from '@slipway/core';
import { hex, malformed, type BoundedReader, type Fields } from '../inspect/bounded-reader.ts';

export const headerSize = 32;
export const commandKinds = {
  segment: 0x19,
  dylib: 0x0c,
  codeSignature: 0x1d,
  buildVersion: 0x32,
  minimumMacos: 0x24,
  minimumIphoneos: 0x25,
  minimumTvos: 0x2f,
  minimumWatchos: 0x30,
} as const;

const executableType = 2; // MH_EXECUTE
const mostCommands = 1024;
const mostCommandBytes = 1 << 18;
const mostSections = 255;

const cpus: Readonly<Record<number, Arch>> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };
/** CPU_SUBTYPE_ARM64E: macOS runs such executables only when they are Apple's own. */
const arm64e = 2;

export interface MachOImage {
  readonly arch: Arch;
  /** Bytes of the load commands, after the header. */
  readonly commandBytes: number;
  readonly commands: readonly LoadCommand[];
  readonly segments: readonly MachOSegment[];
}

export interface LoadCommand {
  readonly kind: number;
  /** The whole command; `fields.offset` is where it lies in the file. */
  readonly fields: Fields;
}

export interface MachOSegment {
  readonly name: string;
  readonly command: LoadCommand;
  readonly address: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly sections: readonly MachOSection[];
}

export interface MachOSection {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Throws INSPECT_MALFORMED for what is no executable of a known CPU, and for a truncated file. */
export function readMachOImage(reader: BoundedReader): MachOImage {
  const header = reader.fields(0, headerSize, 'the Mach-O header');
  if (header.u32(0) !== 0xfeedfacf) malformed('it is not a thin 64-bit little-endian Mach-O file', 0);
  const arch = cpus[header.u32(4)] ?? malformed(`its CPU is Mach-O type ${hex(header.u32(4))}, neither x86-64 nor ARM64`, 4);
  if (arch === 'arm64' && (header.u32(8) & 0xffffff) === arm64e) malformed('its CPU is arm64e, which macOS runs for Apple alone', 8);
  if (header.u32(12) !== executableType) malformed(`its Mach-O file type is ${header.u32(12)}, not an executable`, 12);
  const commandBytes = header.u32(20);
  if (commandBytes > mostCommandBytes) malformed(`its load commands take ${commandBytes} bytes, more than ${mostCommandBytes}`, 20);
  const commands = readCommands(reader, header.u32(16), commandBytes);
  const segments = commands.filter(({ kind }) => kind === commandKinds.segment).map((command) => readSegment(reader, command));
  return { arch, commandBytes, commands, segments };
}

function readCommands(reader: BoundedReader, count: number, length: number): readonly LoadCommand[] {
  if (count === 0 || count > mostCommands) malformed(`${count} load commands, not 1 to ${mostCommands}`, 16);
  const commands: LoadCommand[] = [];
  let at = headerSize;
  for (let i = 0; i < count; i++) {
    const left = headerSize + length - at;
    if (left < 8) malformed(`load command ${i} of ${count} has no room`, at);
    const size = reader.fields(at, 8, 'a load command').u32(4);
    if (size < 8 || size > left || size % 4 !== 0) malformed(`load command ${i} claims ${size} of ${left} bytes`, at);
    const fields = reader.fields(at, size, 'a load command');
    commands.push({ kind: fields.u32(0), fields });
    at += size;
  }
  return commands;
}

function readSegment(reader: BoundedReader, command: LoadCommand): MachOSegment {
  const { fields } = command;
  requireSize(command, 72, 'a segment');
  const count = fields.u32(64);
  if (count > mostSections || fields.length < 72 + count * 80) malformed(`a segment with ${count} sections`, fields.offset);
  const segment = {
    name: nameAt(fields, 8), command, address: fields.u64(24), offset: fields.u64(40), fileSize: fields.u64(48),
    sections: Array.from({ length: count }, (_, i) => {
      const at = 72 + i * 80;
      return { name: nameAt(fields, at), size: fields.u64(at + 40), offset: fields.u32(at + 48) };
    }),
  };
  reader.within(segment.offset, segment.fileSize, `segment "${segment.name}"`);
  return segment;
}

/** Throws INSPECT_MALFORMED when the command is shorter than its fixed part. */
export function requireSize(command: LoadCommand, size: number, what: string): void {
  const { fields } = command;
  if (fields.length < size) malformed(`${what} takes ${fields.length} bytes, fewer than ${size}`, fields.offset);
}

/** Names fill 16 bytes and end at the first zero, if any. */
function nameAt(fields: Fields, at: number): string {
  const characters = Array.from({ length: 16 }, (_, i) => fields.u8(at + i));
  const end = characters.indexOf(0);
  return String.fromCharCode(...characters.slice(0, end < 0 ? 16 : end)).replaceAll(/[^\x20-\x7e]/gu, '?');
}

export interface SignatureRange {
  readonly offset: number;
  readonly size: number;
  readonly command: LoadCommand;
}

/** The one LC_CODE_SIGNATURE: where in the file the signature lies. */
export function signatureRangeOf(image: MachOImage): SignatureRange | undefined {
  const found = image.commands.filter(({ kind }) => kind === commandKinds.codeSignature);
  const [command] = found;
  if (command === undefined) return undefined;
  if (found.length > 1) malformed(`${found.length} code signatures`, found[1]?.fields.offset);
  requireSize(command, 16, 'LC_CODE_SIGNATURE');
  return { offset: command.fields.u32(8), size: command.fields.u32(12), command };
}

export function segmentNamed(image: MachOImage, name: string): MachOSegment | undefined {
  return image.segments.find((segment) => segment.name === name);
}

export function sectionNamed(image: MachOImage, segment: string, section: string): MachOSection | undefined {
  return segmentNamed(image, segment)?.sections.find(({ name }) => name === section);
}
