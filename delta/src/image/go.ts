import type { ByteSource } from '@slipway/core';
import { rules, type Field } from '../layout.ts';
import type { Described } from './described.ts';
import { viewOf, type Image, type Section } from './image.ts';

const names: ReadonlySet<string> = new Set(['.gopclntab', '.data.rel.ro.gopclntab', '__TEXT,__gopclntab', '__DATA_CONST,__gopclntab']);

/** Where Go's tables lie in one file; addresses are relative to the image. */
interface GoTables {
  readonly section: Section;
  /** Number of functions. */
  readonly count: number;
  readonly text: number;
  readonly functionNames: number;
  readonly pcTables: number;
  /** Address that the offsets in the function table count from; the function table itself begins there. */
  readonly functions: number;
  readonly functionData: number;
  readonly types: number;
  /** First address behind the last function record. */
  readonly end: number;
}

/** The function table and the function records of Go 1.20 and later (runtime/symtab.go, cmd/link/internal/ld/pcln.go). */
export function goRegions(oldFile: ByteSource, old: Image, nextFile: ByteSource, next: Image): readonly Described[] {
  const a = goTables(oldFile, old);
  const b = goTables(nextFile, next);
  if (!a || !b) return [];
  const field = (offset: number, from: number, to: number): Field => ({ offset, width: 4, bits: 32, oldBase: BigInt(from), newBase: BigInt(to) });
  const part = (tables: GoTables, from: number, size: number): Section => ({
    ...tables.section, address: from, size, offset: from - tables.section.address + tables.section.offset,
  });
  const table = (tables: GoTables) => part(tables, tables.functions, tables.count * 8);
  const records = (tables: GoTables) => {
    const from = Math.ceil((tables.functions + tables.count * 8 + 4) / 8) * 8;
    return part(tables, from, tables.end - from);
  };
  const links = old.sections.filter((section) => section.name.endsWith('typelink')).flatMap((section): Described[] => {
    const other = next.sections.find((each) => each.name === section.name);
    return other ? [{ old: section, next: other, rule: rules.records, stride: 4, fields: [field(0, a.types, b.types)] }] : [];
  });
  return [
    ...links,
    { old: table(a), next: table(b), rule: rules.records, stride: 8, fields: [field(0, a.text, b.text), field(4, a.functions, b.functions)] },
    {
      old: records(a), next: records(b), rule: rules.goFuncs,
      fields: [field(0, a.text, b.text), field(0, a.functionNames, b.functionNames), field(0, a.pcTables, b.pcTables), field(0, a.functionData, b.functionData)],
    },
  ];
}

/** Go's tables; found by their magic number where a section's name does not tell. */
function goTables(file: ByteSource, image: Image): GoTables | undefined {
  const section = image.sections.find((each) => names.has(each.name)) ?? searched(file, image);
  if (!section || section.size < 80) return undefined;
  const head = viewOf(file.read(section.offset, 72).slice());
  if (head.getUint32(0, true) !== 0xfffffff1 || head.getUint8(7) !== 8) return undefined;
  const at = (field: number) => Number(head.getBigUint64(8 + field * 8, true));
  const count = at(0);
  const functions = section.address + at(7);
  if (count < 1 || count > 1 << 24 || at(7) + count * 8 + 4 > section.size) return undefined;
  const last = viewOf(file.read(section.offset + at(7) + (count - 1) * 8, 8)).getUint32(4, true);
  const record = viewOf(file.read(section.offset + at(7) + last, 44).slice());
  const end = functions + last + 44 + 4 * (record.getUint32(28, true) + record.getUint8(43));
  const module = moduleData(file, image, section);
  return {
    section, count, functions, end: Math.min(end, section.address + section.size),
    text: module?.text ?? image.segments.find((segment) => segment.code)?.address ?? 0,
    functionNames: section.address + at(3), pcTables: section.address + at(6),
    functionData: module?.functionData ?? 0, types: module?.types ?? 0,
  };
}

/** PE has no section for the table: look for its header where it may be aligned. */
function searched(file: ByteSource, image: Image): Section | undefined {
  if (image.format !== 'pe') return undefined;
  const chunk = 1 << 20;
  for (const section of image.sections.filter((each) => !each.code && each.size > 1 << 16 && !each.name.startsWith('#'))) {
    for (let from = 0; from < section.size; from += chunk) {
      const bytes = file.read(section.offset + from, Math.min(chunk, section.size - from));
      for (let at = 0; at + 16 <= bytes.length; at += 16) {
        if (magic.every((byte, i) => bytes[at + i] === byte) && bytes[at + 7] === 8) {
          return { ...section, offset: section.offset + from + at, address: section.address + from + at, size: section.size - from - at };
        }
      }
    }
  }
  return undefined;
}

/** The table's magic number since Go 1.20, and two zeros. */
const magic = [0xf1, 0xff, 0xff, 0xff, 0, 0];

/**
 * runtime.moduledata begins with the address of the table; word 22 is the start of the code. The end of the table is a
 * word that moved between versions: the one before it is the start of the function data, the fourth before it that of the
 * types.
 */
function moduleData(file: ByteSource, image: Image, table: Section): { readonly text: number; readonly functionData: number; readonly types: number } | undefined {
  const wanted = Number((image.base + BigInt(table.address)) & 0xffffffffn);
  const names = table.address + Number(viewOf(file.read(table.offset + 32, 8)).getBigUint64(0, true));
  for (const section of image.sections.filter((each) => /(data|module)/i.test(each.name) && !each.code)) {
    const bytes = file.read(section.offset, section.size).slice();
    const view = viewOf(bytes);
    for (let at = (8 - (section.offset % 8)) % 8; at + 48 * 8 <= bytes.length; at += 8) {
      // Chained fixups keep other things in the high bits: the low half decides.
      if (view.getUint32(at, true) !== wanted) continue;
      const word = (i: number) => (view.getUint32(at + i * 8, true) - Number(image.base & 0xffffffffn)) >>> 0;
      if (word(1) !== names) continue;
      const end = [...Array.from({ length: 8 }).keys()].map((i) => i + 36).find((i) => word(i) === table.address + table.size);
      return { text: word(22), functionData: word((end ?? 40) - 1), types: word((end ?? 40) - 4) };
    }
  }
  return undefined;
}
