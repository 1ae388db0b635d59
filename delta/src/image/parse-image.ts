import type { ByteSource } from '@slipway/core';
import { parseElf } from './elf.ts';
import type { Image } from './image.ts';
import { parseMacho } from './macho.ts';
import { parsePe } from './pe.ts';

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
