import { kernelBytes } from './kernel-bytes.ts';

/** What the WebAssembly module exports; addresses are offsets in its memory. See ../kernel for each. */
export interface KernelExports {
  prepare(): void;
  heapStart(): number;
  startCoder(mode: number): void;
  finishCoder(): void;
  coderOverrun(): number;
  startNumbers(): void;
  number(model: number, value: number): number;
  useImage(segments: number, count: number, marks: number): void;
  useRegion(addressMinusOffset: number): void;
  markCount(): number;
  sweepX86(from: number, offset: number, limit: number, until: number, absolute: number): number;
  sweepArm64(from: number, offset: number, length: number, first: number): void;
  sweepRecords(from: number, offset: number, length: number, stride: number, fields: number, count: number): void;
  useTables(bitmap: number, low: number, size: number): void;
  sweepData(
    from: number, offset: number, length: number, first: number, jumps: number, pointers: number, mask: bigint, base: bigint, lowest: bigint,
  ): void;
  sweepFrames(from: number, offset: number, length: number): number;
  sweepGoFuncs(from: number, offset: number, length: number): number;
  useBase(pages: number): void;
  basePagesBytes(): number;
  useMap(starts: number, shifts: number, entries: number, index: number, pages: number): void;
  normalise(image: number, size: number, marks: number, regions: number, count: number, how: number): void;
  equalBytes(a: number, b: number, length: number): number;
  indexOld(image: number, size: number, table: number, bits: number, step: number, window: number): void;
  findCovers(image: number, size: number, out: number, room: number): number;
  modelBytes(): number;
  useModels(at: number): void;
  startBody(
    covers: number, coverCount: number, tail: number, regions: number, regionCount: number, marks: number, baseSize: number,
    places: number, placeCount: number, gaps: number, gapRoom: number,
  ): void;
  runBody(to: number, position: number, length: number): number;
  fillGaps(old: number, oldSize: number, image: number, size: number, from: number, count: number, to: number, room: number): number;
  withinReference(marks: number, regions: number, count: number, offset: number): number;
  gapTotal(): number;
  topicTable(): number;
}

/** What a kernel calls back. Addresses are in the memory at the time of the call. */
export interface KernelHost {
  /** Load the page of the base at `offset`. */
  readBase?: (offset: number, to: Uint8Array) => void;
  /** More input of a range coder; returns how many bytes there were. */
  refill?: (to: Uint8Array) => number;
  /** Output of a range coder. */
  flush?: (bytes: Uint8Array) => void;
}

const pageBytes = 65_536;
let compiled: WebAssembly.Module | undefined;

/** One instance of the WebAssembly module with its own memory, handed out by a bump allocator. */
export class Kernel {
  readonly exports: KernelExports;
  readonly host: KernelHost = {};
  private readonly memory = new WebAssembly.Memory({ initial: 128, maximum: 65_536 });
  private top: number;

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (letter) => letter.charCodeAt(0)));
    const env = { memory: this.memory };
    const host = {
      readBase: (offset: number, to: number) => this.host.readBase?.(offset >>> 0, this.bytes(to, 65_536 + 64)),
      refill: (to: number, capacity: number) => this.host.refill?.(this.bytes(to, capacity)) ?? 0,
      flush: (from: number, length: number) => this.host.flush?.(this.bytes(from, length).slice()),
    };
    this.exports = new WebAssembly.Instance(compiled, { env, host }).exports as unknown as KernelExports;
    this.exports.prepare();
    this.top = this.exports.heapStart();
  }

  /** Room for `size` bytes, zeroed when it was never used before, aligned to 64. */
  allocate(size: number): number {
    const at = this.top;
    this.top = Math.ceil((at + size + 64) / 64) * 64;
    const missing = Math.ceil((this.top - this.memory.buffer.byteLength) / pageBytes);
    if (missing > 0) this.memory.grow(missing);
    return at;
  }

  /** Where the next allocation starts; give it back to `release` to free all that came after. */
  get mark(): number { return this.top; }
  release(mark: number): void { this.top = mark; }

  bytes(at: number, length: number): Uint8Array { return new Uint8Array(this.memory.buffer, at >>> 0, length); }
  words(at: number, length: number): Uint32Array { return new Uint32Array(this.memory.buffer, at >>> 0, length); }
  view(at: number, length: number): DataView { return new DataView(this.memory.buffer, at >>> 0, length); }
}
