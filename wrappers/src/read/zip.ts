/**
 * A zip (PKWARE APPNOTE 6.3.10) without zip64, read once from start to end along its central directory: every byte of
 * the file belongs to exactly one entry, the directory or the end record, and both headers of an entry agree. Programs
 * differ in which header they believe; where the two say different things, one of them is a lie.
 */
import { limits } from './limits.ts';
import type { ContentDigest, Member, MemberType } from './member.ts';
import { MemberList } from './member-list.ts';
import type { Reading } from './package.ts';
import { utf8 } from './utf8.ts';
import { readZipContent } from './zip-content.ts';
import { entryName, extraFault, flagBits, readZipDirectory, signatures, type ZipEntry, type ZipFields } from './zip-directory.ts';

const localBytes = 30;
const fileTypes: Readonly<Record<number, MemberType>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'symlink' };

export async function readZip(reading: Reading): Promise<readonly Member[]> {
  const { file, malformed, keep } = reading;
  const directory = await readZipDirectory(file, malformed);
  const list = new MemberList(malformed);
  let [inflated, kept] = [0, 0];
  for (const entry of directory.entries) {
    const path = entry.name.replace(/\/$/, '');
    list.admit(path, { offset: entry.offset });
    inflated += entry.size;
    if (inflated > limits.inflatedBytes) throw malformed(`inflates to more than ${limits.inflatedBytes} bytes`);
    const type = typeOf(entry, reading);
    const keeps = type === 'symlink' || keep(path);
    if (keeps) kept += entry.size;
    if (kept > limits.keptBytes) throw malformed(`${entry.size} bytes are too many for such a file`, { member: path });
    await readLocalHeader(reading, entry);
    const content = await readZipContent(reading, entry, keeps);
    await readDescriptor(reading, entry);
    list.add(member(entry, path, type, content));
  }
  if (file.position !== directory.offset) throw malformed(`${directory.offset - file.position} bytes between the last entry and the directory`, { offset: file.position });
  return list.finish();
}

function typeOf({ name, mode, size, offset }: ZipEntry, { malformed }: Reading): MemberType {
  const slash = name.endsWith('/');
  const type = (mode & 0o170000) === 0 ? (slash ? 'directory' : 'file') : fileTypes[mode & 0o170000];
  if (type === undefined || (type === 'directory') !== slash) throw malformed(`the mode ${mode.toString(8)} is not that of a file, directory or link of this name`, { member: name, offset });
  if (type === 'directory' && size > 0) throw malformed('a directory with content', { member: name, offset });
  if (type === 'symlink' && size > limits.pathBytes) throw malformed(`a link of ${size} bytes`, { member: name, offset });
  return type;
}

function member({ mode, size }: ZipEntry, path: string, type: MemberType, content: ContentDigest): Member {
  if (type === 'directory') return { path, type, mode, size: 0 };
  if (type === 'file') return { path, type, mode, size, ...content };
  return { path, type, mode, size: 0, linkTarget: utf8(content.bytes ?? Buffer.alloc(0)) ?? '' };
}

/** Section 4.3.7, held against the directory. */
async function readLocalHeader({ file, malformed }: Reading, entry: ZipEntry): Promise<void> {
  const offset = file.position;
  const at = { member: entry.name, offset };
  if (entry.offset !== offset) throw malformed(entry.offset < offset ? `overlaps what ends at ${offset}` : `${entry.offset - offset} bytes that belong to no entry come before it`, { ...at, offset: entry.offset });
  const fixed = await file.window(localBytes);
  if (fixed.length < localBytes || fixed.readUInt32LE(0) !== signatures.local) throw malformed('no local header', at);
  const [nameLength, extraLength] = [fixed.readUInt16LE(26), fixed.readUInt16LE(28)];
  if (nameLength > limits.pathBytes || extraLength > 0x4000) throw malformed('the local header is larger than any real one', at);
  const length = localBytes + nameLength + extraLength;
  const header = (await file.window(length)).subarray(0, length);
  if (header.length < length) throw malformed('the local header is cut short', at);
  const fault = localFault(header, nameLength, entry) ?? extraFault(header.subarray(localBytes + nameLength));
  if (fault !== undefined) throw malformed(fault, at);
  file.advance(length);
}

function localFault(header: Buffer, nameLength: number, entry: ZipEntry): string | undefined {
  const flags = header.readUInt16LE(6);
  const name = entryName(header.subarray(localBytes, localBytes + nameLength), flags);
  if (typeof name !== 'string') return name.fault;
  const local: ZipFields = {
    name, flags: flags & ~flagBits.descriptor, method: header.readUInt16LE(8),
    crc32: header.readUInt32LE(14), compressedSize: header.readUInt32LE(18), size: header.readUInt32LE(22),
  };
  if (((flags & flagBits.descriptor) !== 0) !== entry.descriptor) return 'local header and directory differ in flag 3';
  // With a descriptor the header may leave these three at zero (section 4.4.4, bit 3).
  const later: readonly (keyof ZipFields)[] = ['crc32', 'compressedSize', 'size'];
  for (const field of ['name', 'flags', 'method', ...later] as const) {
    const open = entry.descriptor && later.includes(field) && local[field] === 0;
    if (!open && local[field] !== entry[field]) return `its ${field} is ${JSON.stringify(local[field])} in the local header and ${JSON.stringify(entry[field])} in the directory`;
  }
  return undefined;
}

/** Section 4.3.9; its signature is optional. */
async function readDescriptor({ file, malformed }: Reading, entry: ZipEntry): Promise<void> {
  if (!entry.descriptor) return;
  const stated = Buffer.alloc(12);
  [entry.crc32, entry.compressedSize, entry.size].forEach((value, i) => stated.writeUInt32LE(value, 4 * i));
  const window = await file.window(16);
  const signed = window.length >= 16 && window.readUInt32LE(0) === signatures.descriptor && window.subarray(4, 16).equals(stated);
  if (!signed && !window.subarray(0, 12).equals(stated)) throw malformed('the data descriptor and the directory differ', { member: entry.name, offset: file.position });
  file.advance(signed ? 16 : 12);
}
