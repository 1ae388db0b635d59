import type { ByteSource } from '@slipway/core';
import type { Segment } from '../layout.ts';
import { textAt, viewOf, type Image, type Section } from './image.ts';

const machines: Readonly<Record<number, Image['machine']>> = { 0x8664: 'x86-64', 0xaa64: 'arm64' };

/** PE32+ (Microsoft's PE Format). The directories for exceptions and relocations are sections of their own. */
export function parsePe(file: ByteSource): Image | undefined {
  if (file.size < 512 || viewOf(file.read(0, 2)).getUint16(0) !== 0x4d5a) return undefined;
  const at = viewOf(file.read(60, 4)).getUint32(0, true);
  const head = viewOf(file.read(at, 24 + 240).slice());
  const machine = machines[head.getUint16(4, true)];
  if (head.getUint32(0) !== 0x50450000 || machine === undefined || head.getUint16(24, true) !== 0x20b) return undefined;
  const count = head.getUint16(6, true);
  if (count > 96) return undefined;
  const first = at + 24 + head.getUint16(20, true);
  const segments: Segment[] = [];
  const sections: Section[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = file.read(first + i * 40, 40).slice();
    const entry = viewOf(bytes);
    const memory = entry.getUint32(8, true);
    const part = { address: entry.getUint32(12, true), offset: entry.getUint32(20, true), size: Math.min(entry.getUint32(16, true), memory) };
    const code = (entry.getUint32(36, true) & 0x2000_0000) !== 0;
    segments.push({ ...part, memory, code });
    sections.push({ ...part, code, name: textAt(bytes, 0, 8) });
  }
  directories.forEach(([index, name]) => {
    const address = head.getUint32(24 + 112 + index * 8, true);
    const size = head.getUint32(24 + 116 + index * 8, true);
    const segment = segments.find((each) => address >= each.address && address + size <= each.address + each.size);
    if (segment && size > 0) sections.push({ name, address, size, offset: address - segment.address + segment.offset, code: false });
  });
  return { format: 'pe', machine, base: head.getBigUint64(24 + 24, true), segments, sections };
}

const directories: readonly (readonly [number, string])[] = [[3, '#exceptions'], [5, '#relocations']];
