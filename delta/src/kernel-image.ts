import type { Kernel } from './kernel.ts';
import { rules, type Region, type Segment, type Side } from './layout.ts';

export const regionBytes = 16 + 8 * 24;
const chunkBytes = 1 << 20;
const slack = 64;

/** Segments as the kernel reads them. */
export function placeSegments(kernel: Kernel, segments: readonly Segment[]): number {
  const at = kernel.allocate(segments.length * 16 + 16);
  const words = kernel.words(at, segments.length * 4 + 4).fill(0);
  segments.forEach((segment, i) => words.set([segment.address, segment.memory, segment.offset, segment.code ? 1 : 0], i * 4));
  return at;
}

/** Where bytes of the new file lie in memory, as the kernel reads it. */
export function placePlaces(kernel: Kernel, segments: readonly Segment[]): number {
  const at = kernel.allocate(segments.length * 16 + 16);
  const words = kernel.words(at, segments.length * 4 + 4).fill(0);
  segments.forEach((segment, i) => words.set([segment.offset, segment.size, (segment.address - segment.offset) >>> 0], i * 4));
  return at;
}

export function placeRegions(kernel: Kernel, regions: readonly Region[]): number {
  const at = kernel.allocate(regions.length * regionBytes + regionBytes);
  const view = kernel.view(at, regions.length * regionBytes + regionBytes);
  kernel.bytes(at, view.byteLength).fill(0);
  regions.forEach((region, i) => {
    const start = i * regionBytes;
    view.setUint32(start, region.offset, true);
    view.setUint32(start + 4, region.size, true);
    view.setUint32(start + 8, region.rule, true);
    view.setUint32(start + 12, (region.address - region.offset) >>> 0, true);
    for (let code = 0; code < 8; code++) {
      const field = region.rule === rules.data && code > 0 && code < 3 ? jump : region.fields[code];
      const entry = start + 16 + code * 24;
      const machine = region.rule === rules.x86 || region.rule === rules.arm64;
      view.setUint32(entry, machine ? 4 : (field?.width ?? 0), true);
      if (field === undefined) continue;
      view.setUint32(entry + 4, field.bits, true);
      view.setBigInt64(entry + 8, field.oldBase, true);
      view.setBigInt64(entry + 16, field.newBase, true);
    }
  });
  return at;
}

/** An entry of a jump table: relative to the table, which the kernel knows. */
const jump = { width: 4, bits: 0, oldBase: 0n, newBase: 0n };

/** Find and mark the references of one side. `load` fills bytes from an offset of the file, zeros beyond its end. */
export function markReferences(kernel: Kernel, side: Side, segments: number, marks: number, load: (offset: number, to: Uint8Array) => void): void {
  const { exports } = kernel;
  const before = kernel.mark;
  const chunk = kernel.allocate(chunkBytes + slack);
  const offsets = kernel.allocate(64);
  exports.useImage(segments, side.segments.length, marks);
  const tables = side.regions.filter((region) => region.jumps);
  const low = Math.min(...tables.map((region) => region.address));
  const size = Math.max(0, ...tables.map((region) => region.address + region.size - low));
  const bitmap = kernel.allocate(size / 32 + 64);
  kernel.bytes(bitmap, Math.floor(size / 32) + 64).fill(0);
  exports.useTables(bitmap, size > 0 ? low : 0, size);
  // Code first: it tells where jump tables are.
  const machine = (region: Region) => region.rule === rules.x86 || region.rule === rules.arm64;
  for (const region of [...side.regions.filter(machine), ...side.regions.filter((each) => !machine(each))]) {
    exports.useRegion((region.address - region.offset) >>> 0);
    const end = region.offset + region.size;
    kernel.words(offsets, 8).set(region.fields.map((field) => field.offset));
    let at = region.offset;
    while (at < end) {
      const length = Math.min(chunkBytes, end - at);
      load(at, kernel.bytes(chunk, length + slack));
      const next = sweep(kernel, region, chunk, at, length, offsets);
      if (next <= at) break;
      at = next;
    }
  }
  kernel.release(before);
}

/** Sweep one chunk; returns where the next one starts. */
function sweep(kernel: Kernel, region: Region, chunk: number, at: number, length: number, offsets: number): number {
  const { exports } = kernel;
  const end = region.offset + region.size;
  switch (region.rule) {
    case rules.x86: return exports.sweepX86(chunk, at, at + length, end, Number(-(region.fields[0]?.oldBase ?? 0n)));
    case rules.arm64: exports.sweepArm64(chunk, at, length, at === region.offset ? 1 : 0); return at + length;
    case rules.records: {
      const whole = length - (length % region.stride);
      exports.sweepRecords(chunk, at, whole, region.stride, offsets, region.fields.length);
      return at + whole;
    }
    case rules.data: {
      const [field] = region.fields;
      if (field === undefined) return end;
      exports.sweepData(
        chunk, at, length, at === region.offset ? 1 : 0, region.jumps ? 1 : 0, region.pointers ? 1 : 0,
        (1n << BigInt(field.bits)) - 1n, field.oldBase, region.lowest,
      );
      return at + length;
    }
    case rules.frames: return at + exports.sweepFrames(chunk, at, length);
    case rules.goFuncs: return at + exports.sweepGoFuncs(chunk, at, length);
    default: return end;
  }
}
