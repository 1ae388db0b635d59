/**
 * Facts of a thin 64-bit Mach-O executable for macOS. Source: Apple, mach-o/loader.h.
 */
import type { ExecutableFacts } from '@slipway/core';
import { commandKinds, readMachOImage, requireSize, sectionNamed, type LoadCommand, type MachOImage } from '../macho/load-commands.ts';
import { malformed, type BoundedReader, type Fields } from './bounded-reader.ts';
import { readPayload, type Payload } from './bun-payload.ts';
import { checkCodeSignature } from './code-signature.ts';
import { toMinor } from './dotted-version.ts';

const macos = 1; // PLATFORM_MACOS
const longestName = 1024;
const mostLibraries = 512;
const otherSystems: readonly number[] = [commandKinds.minimumIphoneos, commandKinds.minimumTvos, commandKinds.minimumWatchos];

/** Throws INSPECT_MALFORMED, also when any page hash of the signature is wrong. */
export function inspectMachO(reader: BoundedReader): ExecutableFacts {
  const image = readMachOImage(reader);
  const minimumMacos = readMinimumMacos(image);
  const payload = findPayload(reader, image);
  return {
    format: 'macho', os: 'darwin', arch: image.arch,
    needed: readLibraries(reader, image),
    ...(minimumMacos !== undefined && { minimumMacos }),
    ...(payload !== undefined && { payload }),
    signature: checkCodeSignature(reader, image),
  };
}

function readMinimumMacos(image: MachOImage): string | undefined {
  for (const command of image.commands) {
    const { kind, fields } = command;
    if (otherSystems.includes(kind)) malformed('it is for iOS, tvOS or watchOS, not macOS', fields.offset);
    if (kind === commandKinds.minimumMacos) {
      requireSize(command, 16, 'LC_VERSION_MIN_MACOSX');
      return versionAt(fields, 8);
    }
    if (kind === commandKinds.buildVersion) {
      requireSize(command, 24, 'LC_BUILD_VERSION');
      if (fields.u32(8) !== macos) malformed(`its Mach-O platform is ${fields.u32(8)}, not macOS`, fields.offset + 8);
      return versionAt(fields, 12);
    }
  }
  return undefined;
}

/** xxxx.yy.zz in nibbles. */
function versionAt(fields: Fields, at: number): string {
  const version = fields.u32(at);
  return toMinor(version >>> 16, (version >>> 8) & 0xff, version & 0xff);
}

function readLibraries(reader: BoundedReader, image: MachOImage): readonly string[] {
  const commands = image.commands.filter(({ kind }) => kind === commandKinds.dylib);
  if (commands.length > mostLibraries) malformed(`it needs ${commands.length} libraries, more than ${mostLibraries}`);
  return commands.map((command) => libraryName(reader, command));
}

function libraryName(reader: BoundedReader, command: LoadCommand): string {
  const { fields } = command;
  requireSize(command, 24, 'LC_LOAD_DYLIB');
  const start = fields.u32(8);
  if (start < 24 || start >= fields.length) malformed('the name of a library lies outside its load command', fields.offset);
  return reader.text(fields.offset + start, fields.offset + fields.length, longestName, 'the name of a library');
}

function findPayload(reader: BoundedReader, image: MachOImage): Payload | undefined {
  const section = sectionNamed(image, '__BUN', '__bun');
  return section && readPayload(reader, section.offset, section.size);
}
