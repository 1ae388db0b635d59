import type { ByteSource } from '@slipway/core';
import type { Segment } from '../layout.ts';
import { parseElf } from './elf.ts';
import { parseMacho } from './macho.ts';
import { parsePe } from './pe.ts';

/** A part of an executable that has a name. Addresses are relative to the image's base. */
export interface Section {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly address: number;
  readonly code: boolean;
}

export interface Image {
  readonly format: 'elf' | 'pe' | 'macho';
  readonly machine: 'x86-64' | 'arm64';
  /** Address of relative address 0. */
  readonly base: bigint;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
}

/** What an executable tells about itself, or undefined for anything else, damaged ones included. */
export function parseImage(file: ByteSource): Image | undefined {
  try {
    const image = parseElf(file) ?? parsePe(file) ?? parseMacho(file);
    return image && checked(image, file.size);
  } catch (error) {
    // Whatever the headers point to that is not there: not an executable for our purposes.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const limit = 2 ** 31;

/** Drops what lies outside the file or the first 2 GiB of memory. */
function checked(image: Image, size: number): Image | undefined {
  const inside = (part: { offset: number; size: number; address: number }) =>
    part.offset + part.size <= size && part.address >= 0 && part.address + part.size < limit;
  const segments = image.segments.filter((segment) => inside(segment) && segment.address + segment.memory < limit && segment.memory > 0)
    .toSorted((a, b) => a.address - b.address);
  const disjoint = segments.every((segment, i) => i === 0 || (segments[i - 1]?.address ?? 0) + (segments[i - 1]?.memory ?? 0) <= segment.address);
  if (!disjoint || segments.length === 0 || segments.length > 64) return undefined;
  return { ...image, segments, sections: image.sections.filter((section) => inside(section) && section.size > 0) };
}

export function viewOf(bytes: Uint8Array): DataView { return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength); }

export function textAt(bytes: Uint8Array, at: number, limit: number): string {
  let text = '';
  for (let i = at; i < bytes.length && i < at + limit; i++) {
    const letter = bytes[i];
    if (!letter) break;
    text += String.fromCharCode(letter);
  }
  return text;
}
