/**
 * Facts of an ELF executable for Linux.
 */
import type { ExecutableFacts, Libc } from '@slipway/core';
import type { BoundedReader } from './bounded-reader.ts';
import { findElfPayload } from './bun-payload-elf.ts';
import { readDynamicNeeds } from './elf-dynamic.ts';
import { readElfImage, segmentOf, segmentTypes, type ElfImage } from './elf-segments.ts';

const longestPath = 4095;

/** Throws INSPECT_MALFORMED. `libc` is absent where the interpreter is neither glibc's nor musl's. */
export function inspectElf(reader: BoundedReader): ExecutableFacts {
  const image = readElfImage(reader);
  const interpreter = readInterpreter(reader, image);
  const { needed, glibcFloor } = readDynamicNeeds(reader, image);
  const libc = libcOf(interpreter, needed);
  const payload = findElfPayload(reader, image);
  return {
    format: 'elf', os: 'linux', arch: image.arch,
    ...(libc !== undefined && { libc }),
    ...(glibcFloor !== undefined && { glibcFloor }),
    ...(interpreter !== undefined && { interpreter }),
    needed,
    ...(payload !== undefined && { payload }),
  };
}

function readInterpreter(reader: BoundedReader, image: ElfImage): string | undefined {
  const segment = segmentOf(image, segmentTypes.interpreter);
  return segment && reader.text(segment.offset, segment.offset + segment.fileSize, longestPath, 'the interpreter (PT_INTERP)');
}

/** The interpreter decides, because it is what must exist; its directory does not matter (Nix and Homebrew move it). */
function libcOf(interpreter: string | undefined, needed: readonly string[]): Libc | 'static' | undefined {
  const name = interpreter?.slice(interpreter.lastIndexOf('/') + 1);
  if (name?.startsWith('ld-linux')) return 'glibc';
  if (name?.startsWith('ld-musl-')) return 'musl';
  if (needed.includes('libc.so.6')) return 'glibc';
  if (needed.some((library) => library.startsWith('libc.musl-'))) return 'musl';
  if (interpreter !== undefined) return undefined; // Android's linker64 and its like
  return needed.includes('libc.so') ? 'musl' : 'static';
}
