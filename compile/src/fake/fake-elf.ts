/**
 * A dynamic ELF executable that the real dynamic linkers load: interpreter, one needed library, symbol versions.
 * Sources: System V gABI chapters 4 and 5; Linux Standard Base, "Symbol Versioning".
 */
import type { Arch, Libc } from '@slipway/core';
import { linuxProgram } from './machine-code.ts';
import { alignUp, assemble, layOut, record, words } from './record.ts';

const base = 0x400000;
/** arm64 kernels have pages of up to 64 kB; the dynamic section must be on a writable one of its own. */
const page = 0x10000;

const machines: Readonly<Record<Arch, { readonly number: number; readonly name: string }>> = {
  x64: { number: 0x3e, name: 'x86_64' },
  arm64: { number: 0xb7, name: 'aarch64' },
};

interface Surroundings {
  readonly interpreter: string;
  readonly library: string;
  readonly versions: readonly string[];
}

function surroundingsOf(arch: Arch, libc: Libc): Surroundings {
  const cpu = machines[arch].name;
  if (libc === 'musl') return { interpreter: `/lib/ld-musl-${cpu}.so.1`, library: `libc.musl-${cpu}.so.1`, versions: [] };
  if (arch === 'arm64') return { interpreter: '/lib/ld-linux-aarch64.so.1', library: 'libc.so.6', versions: ['GLIBC_2.17'] };
  return { interpreter: '/lib64/ld-linux-x86-64.so.2', library: 'libc.so.6', versions: ['GLIBC_2.2.5', 'GLIBC_2.17'] };
}

export function fakeElf(arch: Arch, libc: Libc, message: Uint8Array): Uint8Array {
  const around = surroundingsOf(arch, libc);
  const interpreter = Buffer.from(`${around.interpreter}\0`);
  const strings = stringTable([around.library, ...around.versions]);
  const needs = versionNeeds(around, strings.offsetOf);
  const headers = 64 + 5 * 56;
  const place = (code: Uint8Array) => [
    ['interpreter', interpreter, 1], ['hash', words(1, 1, 0, 0), 8], ['symbols', Buffer.alloc(24), 8], ['versions', Buffer.alloc(2), 2],
    ['needs', needs, 4], ['strings', strings.bytes, 1], ['code', code, 16], ['message', message, 1],
  ] as const;
  // The code's length does not depend on the addresses in it, so the first layout is the final one.
  const { offsets, end } = layOut(headers, place(linuxProgram(arch, 0, { address: 0, length: message.length })));
  const code = linuxProgram(arch, base + offsets.code, { address: base + offsets.message, length: message.length });
  const dynamicOffset = alignUp(end, 16);
  const dynamic = dynamicSection(around, offsets, strings);
  const size = dynamicOffset + dynamic.length;
  const segments = Buffer.concat([
    segment(3, 4, offsets.interpreter, base + offsets.interpreter, interpreter.length, 1),
    segment(1, 5, 0, base, end, page),
    segment(1, 6, dynamicOffset, base + page + dynamicOffset, dynamic.length, page),
    segment(2, 6, dynamicOffset, base + page + dynamicOffset, dynamic.length, 8),
    segment(0x6474e551, 6, 0, 0, 0, 16), // PT_GNU_STACK: no executable stack
  ]);
  const parts = place(code).map(([name, bytes]) => [offsets[name], bytes] as const);
  return assemble(size, [[0, elfHeader(arch, base + offsets.code)], [64, segments], ...parts, [dynamicOffset, dynamic]]);
}

function elfHeader(arch: Arch, entry: number): Buffer {
  const identity = Buffer.from('7f454c46020101000000000000000000', 'hex');
  return Buffer.concat([identity, record(
    [2, 2], [2, machines[arch].number], [4, 1], [8, entry], [8, 64], [8, 0], [4, 0], [2, 64], [2, 56], [2, 5], [2, 64], [2, 0], [2, 0],
  )]);
}

function segment(type: number, flags: number, offset: number, address: number, size: number, alignment: number): Buffer {
  return record([4, type], [4, flags], [8, offset], [8, address], [8, address], [8, size], [8, size], [8, alignment]);
}

interface Strings {
  readonly bytes: Buffer;
  offsetOf(text: string): number;
}

function stringTable(texts: readonly string[]): Strings {
  const whole = `\0${texts.join('\0')}\0`;
  return { bytes: Buffer.from(whole), offsetOf: (text) => whole.indexOf(`\0${text}\0`) + 1 };
}

function versionNeeds({ library, versions }: Surroundings, offsetOf: Strings['offsetOf']): Buffer {
  if (versions.length === 0) return Buffer.alloc(0);
  const library16 = record([2, 1], [2, versions.length], [4, offsetOf(library)], [4, 16], [4, 0]);
  const entries = versions.map((version, i) => (
    record([4, elfHash(version)], [2, 0], [2, i + 2], [4, offsetOf(version)], [4, i === versions.length - 1 ? 0 : 16])
  ));
  return Buffer.concat([library16, ...entries]);
}

function dynamicSection(
  around: Surroundings, offsets: Readonly<Record<'hash' | 'symbols' | 'strings' | 'versions' | 'needs', number>>, strings: Strings,
): Buffer {
  const versioned: readonly (readonly [number, number])[] = [
    [0x6ffffff0, base + offsets.versions], [0x6ffffffe, base + offsets.needs], [0x6fffffff, 1],
  ];
  const entries: readonly (readonly [number, number])[] = [
    [1, strings.offsetOf(around.library)], [4, base + offsets.hash], [5, base + offsets.strings], [6, base + offsets.symbols],
    [10, strings.bytes.length], [11, 24], ...(around.versions.length > 0 ? versioned : []), [0, 0],
  ];
  return record(...entries.flatMap(([tag, value]) => [[8, tag], [8, value]] as const));
}

/** The hash of the System V gABI, by which the dynamic linker compares version names. */
function elfHash(text: string): number {
  let hash = 0;
  for (const character of Buffer.from(text)) {
    hash = (hash << 4) + character;
    const high = hash & 0xf0000000;
    hash = (hash ^ (high >>> 24)) & ~high;
  }
  return hash >>> 0;
}
