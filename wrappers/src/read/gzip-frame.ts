/** Header and trailer of a gzip member (RFC 1952 section 2.3). */
import { crc32 } from 'node:zlib';
import type { Malformed } from './malformed.ts';
import type { SequentialFile } from './sequential-file.ts';

const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;
/** Longest header read: name and comment have no limit of their own. */
const headerBytes = 4096;

export async function readGzipHeader(file: SequentialFile, malformed: Malformed): Promise<void> {
  const window = (await file.window(headerBytes)).subarray(0, headerBytes);
  if (window.length < 10 || window[0] !== 0x1f || window[1] !== 0x8b || window[2] !== 8) throw malformed('not a gzip file', { offset: 0 });
  const flag = window[3] ?? 0;
  if ((flag & flags.reserved) !== 0) throw malformed('reserved gzip flags are set', { offset: 3 });
  let at = 10;
  if ((flag & flags.extra) !== 0) at += 2 + (at + 2 <= window.length ? window.readUInt16LE(at) : 0);
  if ((flag & flags.name) !== 0) at = afterZero(window, at);
  if ((flag & flags.comment) !== 0) at = afterZero(window, at);
  const crcAt = at;
  if ((flag & flags.headerCrc) !== 0) at += 2;
  if (at > window.length) throw malformed(`the gzip header is cut short or longer than ${headerBytes} bytes`, { offset: 0 });
  if (at > crcAt && window.readUInt16LE(crcAt) !== (crc32(window.subarray(0, crcAt)) & 0xffff)) throw malformed('the gzip header CRC is wrong', { offset: crcAt });
  file.advance(at);
}

function afterZero(window: Buffer, at: number): number {
  const zero = window.indexOf(0, at);
  return zero < 0 || at > window.length ? Number.POSITIVE_INFINITY : zero + 1;
}

/** Compare CRC-32 and length (modulo 2^32) of what was inflated with the trailer, after which the file must end. */
export async function readGzipTrailer(file: SequentialFile, malformed: Malformed, crc: number, length: number): Promise<void> {
  const offset = file.position;
  const window = await file.window(9);
  if (window.length < 8) throw malformed('the gzip trailer is cut short', { offset });
  if (window.length > 8) throw malformed('bytes after the gzip trailer', { offset: offset + 8 });
  if (window.readUInt32LE(0) !== crc) throw malformed(`CRC-32 is ${hex(crc)}, the trailer says ${hex(window.readUInt32LE(0))}`, { offset });
  if (window.readUInt32LE(4) !== length % 2 ** 32) throw malformed(`${length} bytes were inflated, the trailer says ${window.readUInt32LE(4)}`, { offset: offset + 4 });
  file.advance(8);
}

export function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}
