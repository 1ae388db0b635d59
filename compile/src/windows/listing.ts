/**
 * Machine code kept as a listing that people can read and assemblers can check: on every line the bytes and the
 * instruction that they are, labels on lines of their own, comments after a semicolon. Where an instruction names a
 * label or a place in the data, its bytes leave the distance out, and it is put in here.
 */
import type { Arch } from '@slipway/core';

interface Instruction {
  /** From the start of the code. */
  readonly at: number;
  readonly bytes: Buffer;
  /** What it names, if anything. */
  readonly symbol?: string;
}

export interface Listing {
  readonly arch: Arch;
  readonly instructions: readonly Instruction[];
  /** Distance of every label from the start of the code. */
  readonly labels: Readonly<Record<string, number>>;
  readonly size: number;
}

/** Operands that are an address: `[rip + name]` and jumps; on arm64 the last operand of what takes no other. */
const references: Readonly<Record<Arch, RegExp>> = {
  x64: /\[rip \+ (\w+)\]|^j[a-z]+ (\w+)$/,
  arm64: /^(?:adr|ldr|cbz|cbnz) \w+, ([A-Za-z]\w+)$|^b\.\w+ (\w+)$/,
};

/** Split a listing into its instructions. */
export function readListing(arch: Arch, text: string): Listing {
  const instructions: Instruction[] = [];
  const labels: Record<string, number> = {};
  let size = 0;
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const label = /^(\w+):$/.exec(line)?.[1];
    if (label !== undefined) {
      labels[label] = size;
      continue;
    }
    const instruction = readInstruction(arch, line, size);
    instructions.push(instruction);
    size += instruction.bytes.length;
  }
  return { arch, instructions, labels, size };
}

function readInstruction(arch: Arch, line: string, at: number): Instruction {
  const [, hex, assembly] = /^ +((?:[0-9a-f]{2})+) +([a-z][^;]*?) *(?:;.*)?$/.exec(line) ?? [];
  if (hex === undefined || assembly === undefined) throw new SyntaxError(`this line of the listing is no instruction: ${line}`);
  const [, first, second] = references[arch].exec(assembly) ?? [];
  const symbol = first ?? second;
  // x64 reads a line's bytes in order and leaves the distance to the end; arm64 writes an instruction as one number.
  const bytes = arch === 'x64' ? Buffer.from(symbol === undefined ? hex : `${hex}00000000`, 'hex') : Buffer.from(hex, 'hex').reverse();
  return { at, bytes, ...(symbol !== undefined && { symbol }) };
}

/** The code of a listing that is loaded at `address`, its distances put in. */
export function link(listing: Listing, address: number, symbols: Readonly<Record<string, number>>): Buffer {
  return Buffer.concat(listing.instructions.map(({ at, bytes, symbol }) => {
    if (symbol === undefined) return bytes;
    const label = listing.labels[symbol];
    const to = label === undefined ? symbols[symbol] : address + label;
    if (to === undefined) throw new RangeError(`the listing names ${symbol}, which is nowhere`);
    const distance = to - (address + at);
    return listing.arch === 'x64' ? withDisplacement(bytes, distance - bytes.length) : withDistance(bytes, distance);
  }));
}

/** x64: the last four bytes are the distance from the instruction's end. */
function withDisplacement(bytes: Buffer, distance: number): Buffer {
  const linked = Buffer.from(bytes);
  linked.writeInt32LE(distance, linked.length - 4);
  return linked;
}

/** arm64: ADR has 21 bits in two fields; literal loads, conditional branches and compare-and-branch 19, in words. */
function withDistance(bytes: Buffer, distance: number): Buffer {
  const word = bytes.readUInt32LE(0);
  const isAdr = (word & 0x9f000000) >>> 0 === 0x10000000;
  const inWords = ((distance >> 2) & 0x7ffff) << 5;
  const field = isAdr ? ((distance & 3) << 29) | inWords : inWords;
  if (Math.abs(distance) >= 1 << 20 || (!isAdr && distance % 4 !== 0)) throw new RangeError(`an instruction cannot reach ${distance} bytes`);
  const linked = Buffer.alloc(4);
  linked.writeUInt32LE((word | field) >>> 0, 0);
  return linked;
}
