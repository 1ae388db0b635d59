import type { ByteSource } from '@slipway/core';
import type { Segment } from '../layout.ts';
import { textAt, viewOf, type Image, type Section } from './image.ts';

const machines: Readonly<Record<number, Image['machine']>> = { 0x0100_0007: 'x86-64', 0x0100_000c: 'arm64' };

/** Mach-O, 64 bits (mach-o/loader.h). Link-edit data that has a load command is a section named after it. */
export function parseMacho(file: ByteSource): Image | undefined {
  if (file.size < 32) return undefined;
  const head = viewOf(file.read(0, 32).slice());
  const machine = machines[head.getUint32(4, true)];
  if (head.getUint32(0, true) !== 0xfeedfacf || machine === undefined) return undefined;
  const size = head.getUint32(20, true);
  const count = head.getUint32(16, true);
  if (size > 1 << 20 || count > 4096) return undefined;
  const bytes = file.read(32, size).slice();
  const commands = viewOf(bytes);
  const segments: Segment[] = [];
  const sections: Section[] = [];
  let base: bigint | undefined;
  for (let at = 0, i = 0; i < count && at + 8 <= size; i++) {
    const kind = commands.getUint32(at, true);
    if (kind === 0x19) {
      const address = commands.getBigUint64(at + 24, true);
      const name = textAt(bytes, at + 8, 16);
      if (name !== '__PAGEZERO') {
        base ??= address;
        segments.push({
          address: Number(address - base),
          memory: Number(commands.getBigUint64(at + 32, true)),
          offset: Number(commands.getBigUint64(at + 40, true)),
          size: Number(commands.getBigUint64(at + 48, true)),
          code: (commands.getUint32(at + 60, true) & 4) !== 0,
        });
        for (let k = 0, s = at + 72; k < commands.getUint32(at + 64, true); k++, s += 80) {
          const flags = commands.getUint32(s + 64, true);
          if ((flags & 255) === 1 || (flags & 255) === 12) continue;
          sections.push({
            name: `${name},${textAt(bytes, s, 16)}`,
            address: Number(commands.getBigUint64(s + 32, true) - base),
            size: Number(commands.getBigUint64(s + 40, true)),
            offset: commands.getUint32(s + 48, true),
            code: (flags & 0x8000_0400) !== 0,
          });
        }
      }
    } else {
      const name = linkEdit[kind];
      if (name !== undefined) sections.push({ name, address: 0, offset: commands.getUint32(at + 8, true), size: commands.getUint32(at + 12, true), code: false });
    }
    const length = commands.getUint32(at + 4, true);
    if (length < 8) break;
    at += length;
  }
  return { format: 'macho', machine, base: base ?? 0n, segments, sections };
}

const linkEdit: Readonly<Record<number, string>> = { 0x1d: '#signature', 0x26: '#functions', 0x8000_0034: '#fixups' };
