/**
 * A Mach-O executable for macOS 13 with the load commands that dyld asks for, signed ad hoc.
 * Source: Apple, mach-o/loader.h.
 */
import { createHash } from 'node:crypto';
import type { Arch } from '@slipway/core';
import { memoryBytes } from '../macho/editable-bytes.ts';
import { signBytes } from '../macho/sign.ts';
import { macosProgram } from './machine-code.ts';
import { alignUp, assemble, fixedText, record, words } from './record.ts';

const identifier = 'slipway-fake';
const cpus = { x64: [0x01000007, 3], arm64: [0x0100000c, 0] } as const;
const base = 0x1_0000_0000;
/** Page size of arm64; x64 accepts it. */
const segmentSize = 0x4000;
/** Leaves room behind the load commands for the one that signing adds. */
const codeOffset = 0x400;
/** __LINKEDIT may not be empty: a string table of nothing. */
const strings = Buffer.alloc(16);
const macos13 = 13 << 16;
/** MH_NOUNDEFS | MH_DYLDLINK | MH_TWOLEVEL | MH_PIE */
const flags = 0x00200085;

export function fakeMachO(arch: Arch, message: Uint8Array): Uint8Array {
  const code = macosProgram(arch);
  const messageOffset = alignUp(codeOffset + code.length, 16);
  const commands = [
    segment('__PAGEZERO', 0, base, 0, 0, 0),
    segment('__TEXT', base, segmentSize, 0, segmentSize, 5, [
      section('__text', codeOffset, code.length, 0x80000400), section('__const', messageOffset, message.length, 0),
    ]),
    segment('__LINKEDIT', base + segmentSize, segmentSize, segmentSize, strings.length, 1),
    command(0x80000022, Buffer.alloc(40)), // LC_DYLD_INFO_ONLY: nothing to bind
    command(0x2, words(0, 0, segmentSize, strings.length)), // LC_SYMTAB
    command(0xb, Buffer.alloc(72)), // LC_DYSYMTAB
    command(0xe, Buffer.concat([words(12), fixedText('/usr/lib/dyld', 20)])), // LC_LOAD_DYLINKER
    command(0x1b, createHash('sha256').update(message).digest().subarray(0, 16)), // LC_UUID
    command(0x32, words(1, macos13, macos13, 0)), // LC_BUILD_VERSION: macOS, no tools
    command(0x80000028, record([8, codeOffset], [8, 0])), // LC_MAIN
    command(0xc, Buffer.concat([words(24, 2, 0x10000, 0x10000), fixedText('/usr/lib/libSystem.B.dylib', 32)])), // LC_LOAD_DYLIB
  ];
  const [type, subtype] = cpus[arch];
  const body = Buffer.concat(commands);
  const header = words(0xfeedfacf, type, subtype, 2, commands.length, body.length, flags, 0);
  const unsigned = assemble(segmentSize + strings.length, [[0, header], [header.length, body], [codeOffset, code], [messageOffset, message]]);
  const file = memoryBytes(unsigned);
  signBytes(file, identifier);
  return file.bytes;
}

function command(kind: number, body: Uint8Array): Buffer {
  return Buffer.concat([words(kind, 8 + body.length), body]);
}

function segment(
  name: string, address: number, memorySize: number, offset: number, fileSize: number, protection: number, sections: readonly Buffer[] = [],
): Buffer {
  return command(0x19, Buffer.concat([
    fixedText(name, 16),
    record([8, address], [8, memorySize], [8, offset], [8, fileSize], [4, protection], [4, protection], [4, sections.length], [4, 0]),
    ...sections,
  ]));
}

/** In __TEXT, aligned to 16 bytes. */
function section(name: string, offset: number, size: number, kind: number): Buffer {
  return Buffer.concat([fixedText(name, 16), fixedText('__TEXT', 16), record([8, base + offset], [8, size]), words(offset, 4, 0, 0, kind, 0, 0, 0)]);
}
