/** docs/formats/patch.md, "File" and "Layout". */
import { createHash } from 'node:crypto';

export interface Part {
  readonly baseOffset: number;
  readonly baseSize: number;
  readonly nextSize: number;
  readonly layout: Uint8Array;
  readonly coverCount: number;
  readonly covers: Uint8Array;
  readonly body: Uint8Array;
}

export interface PatchFile {
  readonly baseSize: number;
  readonly nextSize: number;
  readonly baseSha256: string;
  readonly nextSha256: string;
  readonly frameSize: number;
  readonly checks: readonly string[];
  readonly parts: readonly Part[];
}

export interface Segment {
  readonly address: number;
  readonly memory: number;
  readonly offset: number;
  readonly size: number;
  readonly code: boolean;
}

export interface Field {
  readonly offset: number;
  readonly width: number;
  readonly bits: number;
  readonly base: bigint;
  readonly newBase: bigint;
}

export interface Region {
  readonly rule: number;
  readonly offset: number;
  readonly size: number;
  readonly address: number;
  readonly record: number;
  readonly pointers: boolean;
  readonly tables: boolean;
  readonly lowest: bigint;
  readonly fields: readonly Field[];
}

export interface PageHashes {
  readonly at: number;
  readonly limit: number;
  readonly page: number;
}

export interface Layout {
  readonly base: readonly Segment[];
  readonly next: readonly Segment[];
  readonly regions: readonly Region[];
  readonly pages: readonly PageHashes[];
}

export function readPatchFile(patch: Buffer): PatchFile {
  demand(patch.toString('latin1', 0, 7) === 'slippat' && patch[7] === 1, 'magic');
  const reader = new Reader(patch);
  reader.take(8);
  const length = reader.number();
  const fields = new Reader(reader.take(length));
  const checked = patch.subarray(0, reader.at);
  demand(sha256(checked).startsWith(Buffer.from(reader.take(8)).toString('hex')), 'hash of the fields');
  const [baseSize, nextSize] = [fields.number(), fields.number()];
  const [baseSha256, nextSha256] = [fields.hex(32), fields.hex(32)];
  const frameSize = 2 ** fields.byte();
  const sizes = repeat(fields.number(), () => repeat(7, () => fields.number()));
  const checks = repeat(Math.ceil(nextSize / frameSize), () => fields.hex(8));
  demand(fields.ended, 'end of the fields');
  const parts = sizes.map(([baseOffset = 0, baseBytes = 0, nextBytes = 0, layout = 0, coverCount = 0, covers = 0, body = 0]) => ({
    baseOffset, baseSize: baseBytes, nextSize: nextBytes, layout: reader.take(layout), coverCount, covers: reader.take(covers), body: reader.take(body),
  }));
  demand(reader.ended, 'end of the parts');
  return { baseSize, nextSize, baseSha256, nextSha256, frameSize, checks, parts };
}

export function readNaiveLayout(bytes: Uint8Array): Layout {
  if (bytes.length === 0) return { base: [], next: [], regions: [], pages: [] };
  const reader = new Reader(bytes);
  const segments = (): readonly Segment[] => repeat(reader.number(), () => ({
    address: reader.number(), memory: reader.number(), offset: reader.number(), size: reader.number(), code: reader.byte() === 1,
  }));
  const [base, next] = [segments(), segments()];
  let end = 0;
  const regions = repeat(reader.number(), () => {
    const rule = reader.byte();
    const offset = end + reader.number();
    const size = reader.number();
    end = offset + size;
    const address = reader.number();
    const record = rule === 3 ? reader.number() : 0;
    const flags = rule === 4 ? reader.byte() : 0;
    const lowest = rule === 4 ? reader.signed() : 0n;
    const fields = repeat(reader.number(), () => ({ offset: reader.number(), width: reader.byte(), bits: reader.byte(), base: reader.signed(), newBase: reader.signed() }));
    return { rule, offset, size, address, record, pointers: (flags & 1) !== 0, tables: (flags & 2) !== 0, lowest, fields };
  });
  const pages = repeat(reader.number(), () => ({ at: reader.number(), limit: reader.number(), page: 2 ** reader.byte() }));
  demand(reader.ended, 'end of the layout');
  return { base, next, regions, pages };
}

class Reader {
  at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  take(length: number): Uint8Array {
    demand(this.at + length <= this.bytes.length, 'length');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  number(): number {
    return Number(this.big());
  }

  signed(): bigint {
    const value = this.big();
    return (value & 1n) === 1n ? -((value + 1n) >> 1n) : value >> 1n;
  }

  hex(length: number): string {
    return Buffer.from(this.take(length)).toString('hex');
  }

  get ended(): boolean {
    return this.at === this.bytes.length;
  }

  private big(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}

const repeat = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not as docs/formats/patch.md says: ${what}`);
}
