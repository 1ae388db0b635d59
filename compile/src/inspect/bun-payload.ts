/**
 * The application inside an executable made by `bun build --compile` (Bun 1.4): a length of 8 bytes, then
 *
 *     modules and their names | table of modules, 52 bytes each | Offsets, 32 bytes | "\n---- Bun! ----\n"
 *
 * Source: oven-sh/bun, StandaloneModuleGraph (Offsets, CompiledModuleGraphFile) and the writers for ELF, Mach-O and
 * PE, compared with what 1.4.5 writes. Bun keeps no checksum of it, so every pointer is checked instead.
 */
import type { ExecutableFacts } from '@slipway/core';
import { malformed, type BoundedReader, type Fields } from './bounded-reader.ts';

export const trailer: Uint8Array = Buffer.from('\n---- Bun! ----\n');
export const offsetsSize = 32;
export const lengthSize = 8;
const footerSize = offsetsSize + trailer.length;
const moduleSize = 52;
/** Each record points to its name, contents, source map, bytecode, module information and origin. */
const pointersPerModule = 6;
const modulesPerRead = 4096;

export type Payload = NonNullable<ExecutableFacts['payload']>;

/**
 * The payload of a section that starts with its length, as Mach-O and PE hold it. Undefined when the length is zero,
 * as in the bare runtime; throws INSPECT_MALFORMED when it is there and not whole.
 */
export function readPayload(reader: BoundedReader, offset: number, sectionSize: number): Payload | undefined {
  reader.within(offset, sectionSize, "Bun's section");
  if (sectionSize < lengthSize) return undefined;
  const length = reader.fields(offset, lengthSize, "Bun's payload length").u64(0);
  if (length === 0) return undefined;
  if (length < footerSize || length > sectionSize - lengthSize) {
    malformed(`Bun's payload claims ${length} bytes in a section of ${sectionSize}`, offset);
  }
  checkPayload(reader, offset + lengthSize, length);
  return { kind: 'bun', size: length };
}

/** `start` and `length` are those of the payload without its length field. */
function checkPayload(reader: BoundedReader, start: number, length: number): void {
  const footer = start + length - footerSize;
  const end = reader.bytes(footer + offsetsSize, trailer.length, "the end of Bun's payload");
  if (Buffer.compare(end, trailer) !== 0) malformed("Bun's payload has lost its end", footer + offsetsSize);
  const offsets = reader.fields(footer, offsetsSize, "the footer of Bun's payload");
  const dataSize = offsets.u64(0);
  if (dataSize !== length - footerSize) malformed(`Bun's payload says ${dataSize} and ${length - footerSize} bytes`, footer);

  const modules = { offset: offsets.u32(8), length: offsets.u32(12) };
  const count = modules.length / moduleSize;
  if (!Number.isInteger(count) || count === 0) malformed(`Bun's module table has ${modules.length} bytes, not some times ${moduleSize}`, footer + 8);
  if (offsets.u32(16) >= count) malformed(`Bun's entry point is module ${offsets.u32(16)} of ${count}`, footer + 16);
  checkPointer(offsets, 8, dataSize);
  checkPointer(offsets, 20, dataSize);
  checkModules(reader, start + modules.offset, count, dataSize);
}

function checkModules(reader: BoundedReader, table: number, count: number, dataSize: number): void {
  for (let first = 0; first < count; first += modulesPerRead) {
    const length = Math.min(modulesPerRead, count - first) * moduleSize;
    const records = reader.fields(table + first * moduleSize, length, "Bun's module table");
    for (let record = 0; record < length; record += moduleSize) {
      for (let pointer = 0; pointer < pointersPerModule; pointer++) checkPointer(records, record + pointer * 8, dataSize);
    }
  }
}

/** A pointer is an offset and a length of 32 bits each; an empty one points anywhere. */
function checkPointer(fields: Fields, at: number, dataSize: number): void {
  const [offset, length] = [fields.u32(at), fields.u32(at + 4)];
  if (length > 0 && offset + length > dataSize) malformed(`Bun's payload points to ${offset}+${length} of ${dataSize} bytes`, fields.offset + at);
}
