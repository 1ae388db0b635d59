import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '@slipway/core';
import type { z } from 'zod';
import { utf8 } from '../read/utf8.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Ten thousand artifacts with all their fields are a tenth of this. */
const mostBytes = 64 * 2 ** 20;

/** The bytes of a record in dist/, or undefined where there is none. */
export async function readRecord(dist: string, name: string): Promise<Buffer | undefined> {
  const path = join(dist, name);
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new SlipwayError('IO_FAILED', `${path} has ${size} bytes; no record is that large`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SlipwayError('IO_FAILED', `${path} cannot be read: ${code}`, { cause: error });
  }
}

/** The value that `bytes` hold according to `schema`, or what is wrong with it. */
export function parseJson<Schema extends z.ZodType>(bytes: Uint8Array, schema: Schema): { readonly value: z.output<Schema> } | { readonly fault: string } {
  const json = parse(bytes);
  if (json === undefined) return { fault: 'it is not JSON in UTF-8' };
  const result = schema.safeParse(json.value);
  if (result.success) return { value: result.data };
  return { fault: result.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ') };
}

/** The object that a package's member holds, or undefined. */
export function jsonObject(bytes: Uint8Array | undefined): JsonObject | undefined {
  const json = bytes === undefined ? undefined : parse(bytes);
  return isObject(json?.value) ? json.value : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(bytes: Uint8Array): { readonly value: unknown } | undefined {
  const text = utf8(bytes);
  try {
    return text === undefined ? undefined : { value: JSON.parse(text) };
  } catch {
    // The caller says which file it is.
    return undefined;
  }
}
