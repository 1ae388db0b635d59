/**
 * Records of a pax extended header: `LENGTH KEY=VALUE\n`, the length counting itself (POSIX.1-2024 pax, "pax Extended
 * Header").
 */
import { utf8 } from './utf8.ts';

/** The records by key, a later one winning; or what is wrong with them. */
export function parsePax(bytes: Buffer): ReadonlyMap<string, string> | { readonly fault: string } {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const head = /^([1-9]\d{0,6}) /.exec(bytes.toString('latin1', at, at + 8));
    const length = Number(head?.[1] ?? 0);
    const record = bytes.subarray(at + (head?.[0].length ?? 0), at + length);
    const equals = record.indexOf('=');
    if (head === null || at + length > bytes.length || equals < 1 || record.at(-1) !== 0x0a) return { fault: `pax record at byte ${at} is not "length key=value"` };
    const key = utf8(record.subarray(0, equals));
    const value = utf8(record.subarray(equals + 1, -1));
    if (key === undefined || value === undefined) return { fault: `pax record at byte ${at} is not UTF-8` };
    records.set(key, value);
    at += length;
  }
  return records;
}

/** What the records say about the next member; anything else (times, owners, comments) does not change what is unpacked. */
export interface PaxOverrides {
  readonly path?: string;
  readonly link?: string;
  readonly size?: number;
}

export function paxOverrides(records: ReadonlyMap<string, string>): PaxOverrides | { readonly fault: string } {
  // GNU tar's sparse files are other bytes than the ones stored.
  const sparse = [...records.keys()].find((key) => key.startsWith('GNU.sparse.'));
  if (sparse !== undefined) return { fault: `pax key ${sparse} is not supported` };
  const size = records.get('size');
  if (size !== undefined && !/^\d{1,15}$/.test(size)) return { fault: `pax size ${JSON.stringify(size)} is not a number` };
  const [path, link] = [records.get('path'), records.get('linkpath')];
  return { ...(path !== undefined && { path }), ...(link !== undefined && { link }), ...(size !== undefined && { size: Number(size) }) };
}
