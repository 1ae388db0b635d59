import type { ByteSource } from '@slipway/core';
import { rules, type Field, type Layout, type Region, type Side } from '../layout.ts';
import type { Described } from './described.ts';
import { goRegions } from './go.ts';
import { viewOf, type Image, type Section } from './image.ts';

/** The layouts of both sides; each region has one description, from which both sides' marks are made. */
export interface LayoutPair { readonly layout: Layout; readonly next: Side }

export function layoutOf(oldFile: ByteSource, old: Image, nextFile: ByteSource, next: Image): LayoutPair | undefined {
  if (old.format !== next.format || old.machine !== next.machine) return undefined;
  // What has a directory of its own says more than the section around it.
  const sections = old.sections.toSorted((a, b) => Number(b.name.startsWith('#')) - Number(a.name.startsWith('#')));
  const described = [...goRegions(oldFile, old, nextFile, next), ...sections.flatMap((section) => {
    const other = next.sections.find((each) => each.name === section.name);
    return other ? describe(oldFile, old, section, nextFile, next, other) : [];
  })];
  const regionsOf = (side: 'old' | 'next') => disjoint(described.map((each): Region => ({
    rule: each.rule,
    offset: each[side].offset,
    size: each[side].size,
    address: each[side].address,
    stride: each.stride ?? 0,
    fields: each.fields,
    lowest: each.lowest ?? 0n,
    pointers: each.pointers ?? false,
    jumps: each.jumps ?? false,
  })));
  return {
    layout: { old: { segments: old.segments, regions: regionsOf('old') }, newSegments: next.segments, pageHashes: [] },
    next: { segments: next.segments, regions: regionsOf('next').map((region) => ({ ...region, fields: region.fields.map((field) => ({ ...field, oldBase: field.newBase })) })) },
  };
}

/** Regions by offset, each cut so that it starts on its alignment; what overlaps an earlier description is left out. */
function disjoint(regions: readonly Region[]): readonly Region[] {
  const kept: Region[] = [];
  for (const region of regions) {
    const skip = region.rule === rules.data ? (8 - (region.offset % 8)) % 8 : region.rule === rules.arm64 ? (4 - (region.offset % 4)) % 4 : 0;
    const cut = { ...region, offset: region.offset + skip, address: region.address + skip, size: region.size - skip };
    if (cut.size <= 0) continue;
    if (kept.every((each) => each.offset + each.size <= cut.offset || cut.offset + cut.size <= each.offset)) kept.push(cut);
  }
  return kept.toSorted((a, b) => a.offset - b.offset);
}

const self: Field = { offset: 0, width: 4, bits: 0, oldBase: 0n, newBase: 0n };

function describe(oldFile: ByteSource, old: Image, section: Section, nextFile: ByteSource, next: Image, other: Section): readonly Described[] {
  const pair = { old: section, next: other };
  const absolute = (offset: number, bits = 64): Field => ({ offset, width: 8, bits, oldBase: -old.base, newBase: -next.base });
  const relative = (offset: number, from: number, to: number): Field => ({ offset, width: 4, bits: 32, oldBase: BigInt(from), newBase: BigInt(to) });
  const { name } = section;
  if (section.code && old.machine === 'arm64') return [{ ...pair, rule: rules.arm64, fields: [] }];
  // Code that is bound to one address below 2^31 has it in immediates as well.
  const bound = [old.base, next.base].every((base) => base >= 0x10000n && base < 0x7000_0000n);
  if (section.code) return [{ ...pair, rule: rules.x86, fields: bound ? [{ ...absolute(0, 32), width: 4 }] : [] }];
  if (name.startsWith('.rela')) return [{ ...pair, rule: rules.records, stride: 24, fields: [absolute(0), absolute(16)] }];
  if (name === '.symtab' || name === '.dynsym') return [{ ...pair, rule: rules.records, stride: 24, fields: [absolute(8)] }];
  if (name === '.eh_frame' || name === '__TEXT,__eh_frame') return [{ ...pair, rule: rules.frames, fields: [self] }];
  if (name === '.eh_frame_hdr') {
    if (section.size < 12 || viewOf(oldFile.read(section.offset, 4)).getUint32(0) !== 0x011b033b) return [];
    const from = (part: Section): Section => ({ ...part, offset: part.offset + 12, address: part.address + 12, size: part.size - 12 });
    return [{ old: from(section), next: from(other), rule: rules.records, stride: 8, fields: [relative(0, section.address, other.address), relative(4, section.address, other.address)] }];
  }
  if (name === '#exceptions') {
    const fields = old.machine === 'x86-64' ? [0, 4, 8] : [0, 4];
    return [{ ...pair, rule: rules.records, stride: old.machine === 'x86-64' ? 12 : 8, fields: fields.map((offset) => relative(offset, 0, 0)) }];
  }
  if (section.address === 0 || name.startsWith('#')) return [];
  if (old.format === 'macho') {
    if (!name.startsWith('__DATA') && name !== '__TEXT,__const') return [];
    const form = chainForm(oldFile, old);
    // Chained fixups hold the target in the low 36 bits, as an address or relative to the image.
    if (form !== undefined && name.startsWith('__DATA')) {
      const field = form === 6 ? { ...absolute(0, 36), oldBase: 0n, newBase: 0n } : absolute(0, 36);
      return [{ ...pair, rule: rules.data, fields: [field], lowest: form === 6 ? 0x1000n : old.base, pointers: true }];
    }
  }
  const jumps = old.machine === 'x86-64' && ['.rodata', '.rdata', '__TEXT,__const'].includes(name);
  if (/^\.(text|rodata\.str|comment|note|gnu|interp|dynstr|hash)/.test(name)) return [];
  const pointers = old.base >= 0x10000n;
  return pointers || jumps ? [{ ...pair, rule: rules.data, fields: [absolute(0)], lowest: pointers ? old.base : 0n, pointers, jumps }] : [];
}

/** pointer_format of the first segment with chained fixups (mach-o/fixup-chains.h): 2 addresses, 6 offsets in the image. */
function chainForm(file: ByteSource, image: Image): number | undefined {
  const section = image.sections.find((each) => each.name === '#fixups');
  if (!section || section.size < 32) return undefined;
  const bytes = viewOf(file.read(section.offset, Math.min(section.size, 4096)).slice());
  const starts = bytes.getUint32(4, true);
  if (starts + 4 > bytes.byteLength) return undefined;
  const count = bytes.getUint32(starts, true);
  for (let i = 0; i < count && starts + 8 + i * 4 <= bytes.byteLength; i++) {
    const at = bytes.getUint32(starts + 4 + i * 4, true);
    if (at !== 0 && starts + at + 8 <= bytes.byteLength) {
      const form = bytes.getUint16(starts + at + 6, true);
      return form === 2 || form === 6 ? form : undefined;
    }
  }
  return undefined;
}
