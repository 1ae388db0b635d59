import { random } from './random.ts';

/**
 * Small programs for tests, linked here: functions that call and jump to each other, point into constants, have jump tables,
 * and are pointed to from data. Two programs that share functions differ as a program and its next version do: everything
 * that refers to what moved.
 */
export interface Program {
  readonly format: 'elf' | 'pe' | 'macho';
  readonly machine: 'x86-64' | 'arm64';
  /** Each function is made from its number alone; its references go by number too. */
  readonly functions: readonly number[];
}

interface Fixup { readonly at: number; readonly kind: 'rel32' | 'branch26' | 'page' | 'low12'; readonly to: number | 'constant'; readonly constant: number }

/** Code begins on the second page; the headers have the first. */
const textAddress = 0x1000;
/** References into constants go to the first of these. */
const constantCount = 500;

/** The bytes of the file. */
export function linked({ format, machine, functions }: Program): Uint8Array {
  const base = format === 'elf' ? 0x400000 : format === 'pe' ? 0x1_4000_0000 : 0x1_0000_0000;
  const made = functions.map((id) => (machine === 'x86-64' ? x64(id) : arm64(id)));
  const starts = new Map<number, number>();
  let end = textAddress;
  made.forEach(({ code }, i) => { starts.set(functions[i] ?? 0, end); end += code.length; });
  const textSize = end - textAddress;
  const constantsAt = Math.ceil(end / 4096) * 4096;
  const constantsSize = functions.length * 32;
  const dataAt = Math.ceil((constantsAt + constantsSize) / 4096) * 4096;
  const file = new Uint8Array(dataAt + functions.length * 8);
  const view = new DataView(file.buffer);
  made.forEach(({ code, fixups }, i) => {
    const start = starts.get(functions[i] ?? 0) ?? 0;
    file.set(code, start);
    for (const { at, kind, to, constant } of fixups) {
      const target = to === 'constant' ? constantsAt + constant * 32 : (starts.get(to) ?? textAddress);
      fix(view, start + at, kind, target);
    }
  });
  functions.forEach((id, i) => {
    // A constant is a jump table of three entries and some bytes; data is a table of pointers.
    const table = constantsAt + i * 32;
    for (let k = 0; k < 3; k++) view.setInt32(table + k * 4, (starts.get(id + k * 7) ?? textAddress) - table, true);
    const r = random(id + 70_000);
    for (let k = 12; k < 32; k++) file[table + k] = r(256);
    view.setBigUint64(dataAt + i * 8, BigInt(base + (starts.get(id) ?? 0)), true);
  });
  const sections = [['.text', textAddress, textSize, true], ['.rodata', constantsAt, constantsSize, false], ['.data', dataAt, functions.length * 8, false]] as const;
  ({ elf, pe, macho })[format](view, machine, base, sections);
  return file;
}

type Sections = readonly (readonly [string, number, number, boolean])[];

function x64(id: number): { code: Uint8Array; fixups: readonly Fixup[] } {
  const next = random(id);
  const code: number[] = [0x55, 0x48, 0x89, 0xe5];
  const fixups: Fixup[] = [];
  for (let i = 3 + next(12); i > 0; i--) {
    const callee = id + next(40);
    const form = next(6);
    if (form === 0) { code.push(0xe8, 0, 0, 0, 0); fixups.push({ at: code.length - 4, kind: 'rel32', to: callee, constant: 0 }); }
    else if (form === 1) { code.push(0x48, 0x8d, 0x05 | (next(8) << 3), 0, 0, 0, 0); fixups.push({ at: code.length - 4, kind: 'rel32', to: 'constant', constant: next(constantCount) }); }
    else if (form === 2) { code.push(0x0f, 0x80 | next(16), 0, 0, 0, 0); fixups.push({ at: code.length - 4, kind: 'rel32', to: id, constant: 0 }); }
    else if (form === 3) code.push(0x48, 0x83, 0xc0 | next(8), next(128));
    else code.push(0x48, 0x8b, 0x40 | (next(8) << 3), next(120));
  }
  code.push(0x5d, 0xc3);
  while (code.length % 16 !== 0) code.push(0xcc);
  return { code: Uint8Array.from(code), fixups };
}

function arm64(id: number): { code: Uint8Array; fixups: readonly Fixup[] } {
  const next = random(id);
  const words: number[] = [0xa9bf7bfd];
  const fixups: Fixup[] = [];
  for (let i = 3 + next(12); i > 0; i--) {
    const callee = id + next(40);
    const form = next(4);
    const register = next(16);
    if (form === 0) { fixups.push({ at: words.length * 4, kind: 'branch26', to: callee, constant: 0 }); words.push(0x94000000); }
    else if (form === 1) {
      const constant = next(constantCount);
      fixups.push({ at: words.length * 4, kind: 'page', to: 'constant', constant }, { at: words.length * 4 + 4, kind: 'low12', to: 'constant', constant });
      words.push((0x90000000 | register) >>> 0, (0x91000000 | (register << 5) | register) >>> 0);
    } else words.push((0x91000000 | (next(64) << 10) | 0x3ff) >>> 0);
  }
  words.push(0xd65f03c0);
  return { code: new Uint8Array(Uint32Array.from(words).buffer), fixups };
}

function fix(view: DataView, at: number, kind: Fixup['kind'], target: number): void {
  const word = view.getUint32(at, true);
  if (kind === 'rel32') view.setInt32(at, target - at - 4, true);
  else if (kind === 'branch26') view.setUint32(at, (word | (((target - at) >> 2) & 0x3ffffff)) >>> 0, true);
  else if (kind === 'low12') view.setUint32(at, (word | ((target & 0xfff) << 10)) >>> 0, true);
  else {
    const pages = (target >> 12) - (at >> 12);
    view.setUint32(at, (word | ((pages & 3) << 29) | (((pages >> 2) & 0x7ffff) << 5)) >>> 0, true);
  }
}

function text(view: DataView, at: number, value: string): void { for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i)); }

function elf(view: DataView, machine: Program['machine'], base: number, sections: Sections): void {
  view.setUint32(0, 0x7f454c46);
  view.setUint32(4, 0x02010100);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine === 'x86-64' ? 62 : 183, true);
  view.setBigUint64(32, 64n, true);
  view.setBigUint64(40, 0x200n, true);
  [[54, 56], [56, sections.length], [58, 64], [60, sections.length + 2], [62, sections.length + 1]].forEach(([at = 0, value = 0]) => { view.setUint16(at, value, true); });
  let name = 1;
  sections.forEach(([title, at, size, code], i) => {
    const program = 64 + i * 56;
    // The first segment holds the headers as well, as linkers have it: addresses count from there.
    const from = i === 0 ? 0 : at;
    view.setUint32(program, 1, true);
    view.setUint32(program + 4, code ? 5 : 6, true);
    [[8, from], [16, base + from], [24, base + from], [32, at + size - from], [40, at + size - from]].forEach(([field = 0, value = 0]) => { view.setBigUint64(program + field, BigInt(value), true); });
    const entry = 0x200 + (i + 1) * 64;
    view.setUint32(entry, name, true);
    view.setUint32(entry + 4, 1, true);
    view.setBigUint64(entry + 8, code ? 6n : 2n, true);
    [[16, base + at], [24, at], [32, size]].forEach(([field = 0, value = 0]) => { view.setBigUint64(entry + field, BigInt(value), true); });
    text(view, 0x800 + name, title);
    name += title.length + 1;
  });
  const strings = 0x200 + (sections.length + 1) * 64;
  view.setUint32(strings + 4, 3, true);
  view.setBigUint64(strings + 24, 0x800n, true);
  view.setBigUint64(strings + 32, BigInt(name), true);
}

function pe(view: DataView, machine: Program['machine'], base: number, sections: Sections): void {
  text(view, 0, 'MZ');
  view.setUint32(60, 0x80, true);
  text(view, 0x80, 'PE');
  view.setUint16(0x84, machine === 'x86-64' ? 0x8664 : 0xaa64, true);
  view.setUint16(0x86, sections.length, true);
  view.setUint16(0x94, 240, true);
  view.setUint16(0x98, 0x20b, true);
  view.setBigUint64(0x98 + 24, BigInt(base), true);
  view.setUint32(0x98 + 108, 16, true);
  sections.forEach(([title, at, size, code], i) => {
    const entry = 0x98 + 240 + i * 40;
    text(view, entry, title === '.rodata' ? '.rdata' : title);
    [[8, size], [12, at], [16, size], [20, at], [36, code ? 0x6000_0020 : 0x4000_0040]].forEach(([field = 0, value = 0]) => { view.setUint32(entry + field, value, true); });
  });
}

function macho(view: DataView, machine: Program['machine'], base: number, sections: Sections): void {
  view.setUint32(0, 0xfeedfacf, true);
  view.setUint32(4, machine === 'x86-64' ? 0x0100_0007 : 0x0100_000c, true);
  view.setUint32(16, sections.length, true);
  view.setUint32(20, sections.length * 152, true);
  const names: Readonly<Record<string, readonly [string, string]>> = { '.text': ['__TEXT', '__text'], '.rodata': ['__TEXT', '__const'], '.data': ['__DATA', '__data'] };
  sections.forEach(([title, at, size, code], i) => {
    const command = 32 + i * 152;
    const [segment, section] = names[title] ?? ['', ''];
    const from = i === 0 ? 0 : at;
    view.setUint32(command, 0x19, true);
    view.setUint32(command + 4, 152, true);
    text(view, command + 8, segment);
    [[24, base + from], [32, at + size - from], [40, from], [48, at + size - from]].forEach(([field = 0, value = 0]) => { view.setBigUint64(command + field, BigInt(value), true); });
    view.setUint32(command + 60, code ? 5 : 3, true);
    view.setUint32(command + 64, 1, true);
    text(view, command + 72, section);
    text(view, command + 88, segment);
    view.setBigUint64(command + 72 + 32, BigInt(base + at), true);
    view.setBigUint64(command + 72 + 40, BigInt(size), true);
    view.setUint32(command + 72 + 48, at, true);
    view.setUint32(command + 72 + 64, code ? 0x8000_0400 : 0, true);
  });
}
