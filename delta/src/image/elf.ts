import type { ByteSource } from '@slipway/core';
import type { Segment } from '../layout.ts';
import { textAt, viewOf, type Image, type Section } from './image.ts';

const machines: Readonly<Record<number, Image['machine']>> = { 62: 'x86-64', 183: 'arm64' };

/** ELF, 64 bits, little-endian (System V ABI, chapters 4 and 5). */
export function parseElf(file: ByteSource): Image | undefined {
  if (file.size < 64) return undefined;
  const head = viewOf(file.read(0, 64).slice());
  if (head.getUint32(0) !== 0x7f454c46 || head.getUint8(4) !== 2 || head.getUint8(5) !== 1) return undefined;
  const machine = machines[head.getUint16(18, true)];
  if (machine === undefined) return undefined;
  const programs = table(file, head, 32, head.getUint16(54, true), head.getUint16(56, true), 56);
  const loads = programs.filter((entry) => entry.getUint32(0, true) === 1);
  const base = loads.reduce((lowest, entry) => bigMin(lowest, entry.getBigUint64(16, true)), 1n << 62n);
  const segments = loads.map((entry): Segment => ({
    address: Number(entry.getBigUint64(16, true) - base),
    memory: number(entry, 40),
    offset: number(entry, 8),
    size: number(entry, 32),
    code: (entry.getUint32(4, true) & 1) !== 0,
  }));
  return { format: 'elf', machine, base, segments, sections: sections(file, head, base) };
}

function sections(file: ByteSource, head: DataView, base: bigint): readonly Section[] {
  const entries = table(file, head, 40, head.getUint16(58, true), head.getUint16(60, true), 64);
  const strings = entries[head.getUint16(62, true)];
  if (strings === undefined) return [];
  const names = file.read(number(strings, 24), Math.min(number(strings, 32), 65_536)).slice();
  const kept = entries.filter((entry) => ![0, 8].includes(entry.getUint32(4, true)));
  return kept.map((entry) => {
    const loaded = (entry.getUint32(8, true) & 2) !== 0;
    return {
      name: textAt(names, entry.getUint32(0, true), 64),
      offset: number(entry, 24),
      size: number(entry, 32),
      address: loaded ? Number(entry.getBigUint64(16, true) - base) : 0,
      code: (entry.getUint32(8, true) & 4) !== 0,
    };
  });
}

function table(file: ByteSource, head: DataView, field: number, stride: number, count: number, least: number): readonly DataView[] {
  if (count === 0 || count > 512 || stride < least) return [];
  const at = number(head, field);
  return Array.from({ length: count }, (_, i) => viewOf(file.read(at + i * stride, least).slice()));
}

function number(view: DataView, at: number): number { return Number(view.getBigUint64(at, true)); }
function bigMin(a: bigint, b: bigint): bigint { return a < b ? a : b; }
