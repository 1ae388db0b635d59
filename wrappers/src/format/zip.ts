/**
 * ZIP records (PKWARE APPNOTE 6.3.10): sizes and CRC always in the local header, no data descriptors, no zip64, UTF-8
 * names, Unix modes. `create system` is 3 and S_IFREG is set, because pip and unzip read the mode only then.
 */

const encoder = new TextEncoder();

export interface ZipMember {
  readonly path: string;
  readonly mode: number;
  /** Seconds since 1970; before 1980 becomes 1980, the oldest date the format holds. */
  readonly mtime: number;
  readonly method: 'deflate' | 'store';
  readonly crc32: number;
  readonly size: number;
  readonly compressedSize: number;
}

const limit = 0xffff_ffff;

/** APPNOTE 4.3.7. */
export function localHeader(member: ZipMember): Uint8Array {
  const name = encoder.encode(member.path);
  const bytes = new Uint8Array(30 + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0403_4b50, true);
  common(view, 4, member, name.length);
  bytes.set(name, 30);
  return bytes;
}

/** APPNOTE 4.3.12. */
export function centralHeader(member: ZipMember, offset: number): Uint8Array {
  const name = encoder.encode(member.path);
  const bytes = new Uint8Array(46 + name.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0201_4b50, true);
  view.setUint16(4, (3 << 8) | 20, true); // made by: Unix, 2.0
  common(view, 6, member, name.length);
  view.setUint32(38, ((0o100_000 | member.mode) << 16) >>> 0, true);
  view.setUint32(42, bounded(offset, member.path), true);
  bytes.set(name, 46);
  return bytes;
}

/** APPNOTE 4.3.16. */
export function endRecord(count: number, size: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(22);
  const view = new DataView(bytes.buffer);
  if (count > 0xffff) throw new RangeError(`${count} members do not fit a zip without zip64`);
  view.setUint32(0, 0x0605_4b50, true);
  view.setUint16(8, count, true);
  view.setUint16(10, count, true);
  view.setUint32(12, size, true);
  view.setUint32(16, bounded(offset, 'central directory'), true);
  return bytes;
}

/** The fields that both headers share, from `version needed` on. */
function common(view: DataView, at: number, member: ZipMember, nameLength: number): void {
  const [date, time] = dosDate(member.mtime);
  const utf8 = /^[\x20-\x7e]*$/.test(member.path) ? 0 : 0x800;
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, utf8, true);
  view.setUint16(at + 4, member.method === 'deflate' ? 8 : 0, true);
  view.setUint16(at + 6, time, true);
  view.setUint16(at + 8, date, true);
  view.setUint32(at + 10, member.crc32, true);
  view.setUint32(at + 14, bounded(member.compressedSize, member.path), true);
  view.setUint32(at + 18, bounded(member.size, member.path), true);
  view.setUint16(at + 22, nameLength, true);
}

function bounded(value: number, what: string): number {
  if (value >= limit) throw new RangeError(`${what}: ${value} bytes do not fit a zip without zip64`);
  return value;
}

/** MS-DOS date and time, in UTC so that the time zone of the builder does not show. */
function dosDate(mtime: number): readonly [date: number, time: number] {
  const at = new Date(Math.max(mtime, 315_532_800) * 1000);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [date, (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)];
}
