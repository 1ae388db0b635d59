/**
 * Tar headers: POSIX.1-2001 pax interchange format, ustar where a name fits it. Owner and group are always 0 and
 * unnamed, so an archive says nothing about the machine that made it.
 */

const block = 512;
const encoder = new TextEncoder();

export interface TarHeader {
  readonly path: string;
  readonly mode: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly type: 'file' | 'link';
  readonly linkTarget?: string;
}

/** The header blocks of one member, a pax extension before it where ustar cannot hold the name. */
export function tarHeader(header: TarHeader): Uint8Array {
  const path = splitPath(header.path);
  const link = header.linkTarget ?? '';
  const records: string[] = [];
  if (path === undefined) records.push(paxRecord('path', header.path));
  if (!fits(link, 100)) records.push(paxRecord('linkpath', link));
  const main = ustar(header, path ?? ['', lastBytes(header.path)], fits(link, 100) ? link : '', header.type === 'link' ? '2' : '0');
  if (records.length === 0) return main;
  const body = encoder.encode(records.join(''));
  const extension = ustar({ ...header, size: body.length, mode: 0o644 }, ['', 'PaxHeader'], '', 'x');
  return concat([extension, body, tarPadding(body.length), main]);
}

/** Zeros up to the next block after `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((block - (size % block)) % block);
}

/** Two zero blocks end an archive. */
export const tarEnd = new Uint8Array(2 * block);

function ustar(header: TarHeader, [prefix, name]: readonly [string, string], link: string, flag: string): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (offset: number, text: string): void => void bytes.set(encoder.encode(text), offset);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  if (header.size >= 8 ** 11) throw new RangeError(`${header.path}: ${header.size} bytes do not fit a ustar header`);
  put(0, name);
  put(100, `${octal(header.mode, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
  put(124, `${octal(header.size, 11)}\0${octal(header.mtime, 11)}\0        ${flag}`);
  put(157, link);
  put(257, 'ustar\x0000');
  put(345, prefix);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return bytes;
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
const fits = (text: string, length: number): boolean => isAscii(text) && text.length <= length;

/** ustar's prefix (155) and name (100), split at a slash; undefined where it does not fit or is not ASCII. */
function splitPath(path: string): readonly [string, string] | undefined {
  if (fits(path, 100)) return ['', path];
  if (!isAscii(path)) return undefined;
  const slash = path.indexOf('/', path.length - 101);
  return slash > 0 && slash <= 155 ? [path.slice(0, slash), path.slice(slash + 1)] : undefined;
}

/** What an old tar shows: the end of the name, which tells files apart best. */
const lastBytes = (path: string): string => path.replaceAll(/[^\x20-\x7e]/g, '_').slice(-100);

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + 1;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
