/**
 * One tar header block: ustar of POSIX.1-2024 pax ("ustar Interchange Format"), and GNU's variant of it as far as
 * names go. Older formats are refused, because programs disagree about what they mean.
 */
import { utf8 } from './utf8.ts';

export const blockBytes = 512;

export interface TarHeader {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
  readonly link: string;
}

/** The header in `block` (512 bytes), or what is wrong with it. */
export function parseTarHeader(block: Buffer): TarHeader | { readonly fault: string } {
  const stated = octal(block, 148, 8);
  if (stated !== checksum(block)) return { fault: `header checksum is ${checksum(block)}, the header says ${stated ?? 'nothing readable'}` };
  const magic = block.toString('latin1', 257, 265);
  if (magic !== 'ustar\x0000' && magic !== 'ustar  \0') return { fault: 'the header is neither ustar nor GNU tar' };
  const mode = octal(block, 100, 8);
  const size = octal(block, 124, 12);
  // GNU tar stores sizes above 8 GiB in binary; nothing of that size is read here.
  if (mode === undefined || size === undefined) return { fault: 'mode or size is not an octal number' };
  const name = text(block, 0, 100);
  // GNU tar keeps other things where ustar has the prefix.
  const prefix = magic === 'ustar\x0000' ? text(block, 345, 155) : '';
  const link = text(block, 157, 100);
  if (name === undefined || prefix === undefined || link === undefined) return { fault: 'a name is not UTF-8' };
  const flag = String.fromCharCode(block[156] ?? 0);
  return { path: prefix === '' ? name : `${prefix}/${name}`, mode, size, type: flag === '\0' ? '0' : flag, link };
}

/** Sum of all bytes, those of the checksum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let i = 0; i < blockBytes; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0;
  return sum;
}

/** Digits, then a NUL or a space, then anything; `undefined` for anything else. */
function octal(block: Buffer, offset: number, length: number): number | undefined {
  const digits = /^ *([0-7]+)[\0 ]*$/.exec(block.toString('latin1', offset, offset + length))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function text(block: Buffer, offset: number, length: number): string | undefined {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return utf8(end < 0 ? field : field.subarray(0, end));
}
