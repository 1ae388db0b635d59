/**
 * ELF's header and program headers: the view of the file that the kernel and the dynamic linker use. Section headers
 * are not consulted, because they may be stripped. Sources: System V gABI chapters 4 and 5; elf(5).
 */
import type { Arch } from '@slipway/core';
import { malformed, type BoundedReader } from './bounded-reader.ts';

export const segmentTypes = { load: 1, dynamic: 2, interpreter: 3 } as const;
const writable = 2;
/** PN_XNUM and above move the count elsewhere; linkers emit about a dozen. */
const mostSegments = 256;

export interface Segment {
  readonly type: number;
  readonly writable: boolean;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

export interface ElfImage {
  readonly arch: Arch;
  readonly segments: readonly Segment[];
}

const machines: Readonly<Record<number, Arch>> = { 0x3e: 'x64', 0xb7: 'arm64' };
const executableTypes: readonly number[] = [2, 3]; // ET_EXEC, ET_DYN (position-independent executables)
const systems: readonly number[] = [0, 3]; // ELFOSABI_NONE, ELFOSABI_GNU

/** Throws INSPECT_MALFORMED for what is no Linux executable of a known CPU, and for a truncated file. */
export function readElfImage(reader: BoundedReader): ElfImage {
  const header = reader.fields(0, 64, 'the ELF header');
  if (header.u8(4) !== 2) malformed('it is a 32-bit ELF file, only 64-bit ones are known', 4);
  if (header.u8(5) !== 1) malformed('it is a big-endian ELF file, only little-endian ones are known', 5);
  if (!systems.includes(header.u8(7))) malformed(`its ELF system number is ${header.u8(7)}, not Linux`, 7);
  if (!executableTypes.includes(header.u16(16))) malformed(`its ELF type is ${header.u16(16)}, not an executable`, 16);
  if (header.u64(24) === 0) malformed('it has no entry point, so it is a library', 24);
  const arch = machines[header.u16(18)] ?? malformed(`its CPU is ELF machine ${header.u16(18)}, neither x86-64 nor AArch64`, 18);
  // Section headers come last in every linker's output, so their end tells whether the file's tail is still there.
  if (header.u64(40) !== 0) reader.within(header.u64(40), header.u16(60) * 64, 'the section header table');
  return { arch, segments: readSegments(reader, header.u64(32), header.u16(54), header.u16(56)) };
}

function readSegments(reader: BoundedReader, offset: number, entrySize: number, count: number): readonly Segment[] {
  if (entrySize !== 56) malformed(`program headers of ${entrySize} bytes, not 56`, 54);
  if (count === 0 || count > mostSegments) malformed(`${count} program headers, not 1 to ${mostSegments}`, 56);
  const table = reader.fields(offset, count * 56, 'the program header table');
  return Array.from({ length: count }, (_, i): Segment => {
    const at = i * 56;
    const segment = {
      type: table.u32(at), writable: (table.u32(at + 4) & writable) !== 0,
      offset: table.u64(at + 8), address: table.u64(at + 16), fileSize: table.u64(at + 32),
    };
    if (segment.type === segmentTypes.load) reader.within(segment.offset, segment.fileSize, `segment ${i}`);
    return segment;
  });
}

export function segmentOf(image: ElfImage, type: number): Segment | undefined {
  return image.segments.find((segment) => segment.type === type);
}

/** Where in the file the byte lies that is mapped at `address`, and where that segment's bytes end. */
export function fileRangeOf(image: ElfImage, address: number, what: string): { readonly offset: number; readonly end: number } {
  const segment = image.segments.find((one) => (
    one.type === segmentTypes.load && address >= one.address && address - one.address < one.fileSize
  ));
  if (segment === undefined) return malformed(`${what} is at address 0x${address.toString(16)}, which no segment maps`);
  return { offset: segment.offset + (address - segment.address), end: segment.offset + segment.fileSize };
}
