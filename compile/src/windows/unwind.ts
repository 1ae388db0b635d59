/**
 * How Windows walks the stack through the launcher's two functions: `start`, up to `keepRunning`, and `keepRunning`, up
 * to the end. Both say in their first instructions how large their frames are. Sources: Microsoft, "x64 exception
 * handling" (UNWIND_INFO) and "ARM64 exception handling" (.pdata and .xdata records).
 */
import type { Arch } from '@slipway/core';
import { record, words } from '../fake/record.ts';
import type { Listing } from './listing.ts';

export interface Unwind {
  readonly information: Buffer;
  readonly tableSize: number;
  /** The table of functions, once it is known where the information lies. */
  table(informationAddress: number): Buffer;
}

export function unwindInformation(listing: Listing, codeAddress: number): Unwind {
  const second = listing.labels['keepRunning'] as number;
  const [first, middle, end] = [codeAddress, codeAddress + second, codeAddress + listing.size];
  return byArch[listing.arch](first, middle, end);
}

type Describe = (first: number, middle: number, end: number) => Unwind;

const byArch: Readonly<Record<Arch, Describe>> = {
  x64: (first, middle, end) => ({
    information: Buffer.concat([stackAllocation(88), stackAllocation(40)]),
    tableSize: 24,
    table: (information) => words(first, middle, information, middle, end, information + 8),
  }),
  arm64: (first, middle, end) => ({
    // `start` never returns, so it has no epilogue, and allocates after setting its frame: a full record.
    information: record(
      [4, (middle - first) / 4 + codeWords],
      [1, code.allocate16], [1, code.setFrame], [1, code.saveFrameAndLink16], [1, code.end],
    ),
    tableSize: 16,
    table: (information) => words(first, information, middle, packedFrame16((end - middle) / 4)),
  }),
};

/** Version 1, a prologue of the four bytes `sub rsp, size` and its one code, UWOP_ALLOC_SMALL, padded to two. */
function stackAllocation(size: number): Buffer {
  return record([1, 1], [1, 4], [1, 1], [1, 0], [1, 4], [1, ((size / 8 - 1) << 4) | 2], [2, 0]);
}

/** One word of codes, in bits 27 to 31; they undo the prologue from its end. */
const codeWords = 1 << 27;
const code = { allocate16: 0x01, setFrame: 0xe1, saveFrameAndLink16: 0x81, end: 0xe4 } as const;

/** `stp x29, x30, [sp, #-16]!; mov x29, sp … ldp x29, x30, [sp], #16; ret`: CR 3 and a frame of one unit, packed. */
function packedFrame16(instructions: number): number {
  return 1 | (instructions << 2) | (3 << 21) | (1 << 23);
}
