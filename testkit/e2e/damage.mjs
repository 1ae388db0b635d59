/**
 * Damage an ELF executable (x86-64) so that it dies in a chosen way: `node damage.mjs KIND PATH`. As a signing hook it
 * makes a publisher's broken build, by hand a broken disk.
 */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';

const [kind, path] = process.argv.slice(2);
const file = readFileSync(path);
const kinds = {
  'missing library': () => void file.write('libQ', file.indexOf('\0libm.so.6\0') + 1),
  'illegal instruction': () => void file.set([0x0f, 0x0b], entry()),
  hang: () => void file.set([0xeb, 0xfe], entry()),
  truncated: () => undefined,
};
kinds[kind]();
if (kind === 'truncated') truncateSync(path, 2_000_000);
else writeFileSync(path, file);

/** Where the first instruction lies in the file: the entry's address, through the segment that maps it. */
function entry() {
  const address = file.readBigUInt64LE(0x18);
  const table = Number(file.readBigUInt64LE(0x20));
  for (let at = table, count = file.readUInt16LE(0x38); count > 0; at += 56, count -= 1) {
    const [offset, start, size] = [file.readBigUInt64LE(at + 8), file.readBigUInt64LE(at + 16), file.readBigUInt64LE(at + 32)];
    if (file.readUInt32LE(at) === 1 && address >= start && address < start + size) return Number(address - start + offset);
  }
  throw new Error('no segment holds the entry');
}
