/**
 * Version information and icon of a Windows executable, so that Explorer and Task Manager show the product and nothing
 * of the runtime it is compiled onto. The application's manifest stays. Sources: Microsoft, "VERSIONINFO resource" and
 * "Icons" (the .ico format and its two resource types); resedit moves the sections.
 */
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { SlipwayError } from '@slipway/core';
import { readIcon, type IconImage } from './icon.ts';

export interface ResourceOptions {
  /** The bytes of an .ico file; without one the executable has no icon. */
  readonly icon?: Uint8Array;
  /** Four numbers from 0 to 65535; also the product's version in the same form. */
  readonly fileVersion: readonly [number, number, number, number];
  readonly productName: string;
  /** As people write it, suffixes included. */
  readonly productVersion: string;
  readonly description: string;
  readonly company?: string;
  readonly copyright?: string;
  /** With `.exe`. */
  readonly originalFilename: string;
  readonly internalName: string;
}

const types = { icon: 3, iconGroup: 14, version: 16 } as const;
/** English (United States) in UTF-16: the language that Windows falls back to everywhere. */
const language = { lang: 0x409, codepage: 1200 };
/** VS_FIXEDFILEINFO: VOS_NT_WINDOWS32, VFT_APP. */
const fixed = { fileOS: 0x40004, fileType: 1, fileFlagsMask: 0x3f, fileFlags: 0, fileSubtype: 0, fileDateMS: 0, fileDateLS: 0 };
/** The lengths in version information count bytes of UTF-16 in 16 bits; resedit would cut longer texts without a word. */
const mostCharacters = 30_000;

/**
 * A copy of the executable with this version information and icon in place of its own. The same bytes every time; a
 * signature is dropped, the checksum is unset. For executables that Bun compiles, the base has to be edited: the
 * application would not survive it. Memory: three times the executable. Throws CONFIG_INVALID for an icon that is no
 * .ico file or texts that do not fit, BASE_CHECK_FAILED when the executable is not one.
 */
export function editResources(exe: Uint8Array, options: ResourceOptions): Uint8Array {
  const images = options.icon === undefined ? [] : readIcon(options.icon);
  const version = versionEntry(options);
  try {
    // resedit looks at the whole ArrayBuffer: of a view it would read what lies behind.
    const whole = exe.length === exe.buffer.byteLength ? exe : Uint8Array.from(exe);
    const executable = NtExecutable.from(whole, { ignoreCert: true });
    executable.newHeader.optionalHeader.checkSum = 0; // resedit would add up every word, and the compiler does so again
    const resources = NtExecutableResource.from(executable);
    const replaced: readonly (string | number)[] = Object.values(types);
    resources.entries = [...resources.entries.filter(({ type }) => !replaced.includes(type)), ...iconEntries(images), version];
    resources.outputResource(executable, false, true);
    return new Uint8Array(executable.generate());
  } catch (cause) {
    throw new SlipwayError('BASE_CHECK_FAILED', `the resources of this executable cannot be edited: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

type Entry = NtExecutableResource['entries'][number];

function versionEntry(options: ResourceOptions): Entry {
  const [major, minor, patch, build] = options.fileVersion;
  const [high, low] = [major * 0x10000 + minor, patch * 0x10000 + build];
  const values = {
    ...(options.company !== undefined && { CompanyName: options.company }),
    FileDescription: options.description,
    FileVersion: options.fileVersion.join('.'),
    InternalName: options.internalName,
    ...(options.copyright !== undefined && { LegalCopyright: options.copyright }),
    OriginalFilename: options.originalFilename,
    ProductName: options.productName,
    ProductVersion: options.productVersion,
  };
  const characters = Object.entries(values).flat().join('').length;
  if (characters > mostCharacters) {
    throw new SlipwayError('CONFIG_INVALID', `the version information of ${options.originalFilename} has ${characters} characters, more than Windows can hold`, {
      hint: 'Shorten the description or the copyright.',
    });
  }
  return Resource.VersionInfo.create(
    language.lang,
    { ...fixed, fileVersionMS: high, fileVersionLS: low, productVersionMS: high, productVersionLS: low },
    [{ ...language, values }],
  ).generateResource();
}

/** Every image is a resource of its own, and a group names them: the .ico directory with numbers for offsets. */
function iconEntries(images: readonly IconImage[]): Entry[] {
  if (images.length === 0) return [];
  const group = Buffer.alloc(6 + images.length * 14);
  group.writeUInt16LE(1, 2);
  group.writeUInt16LE(images.length, 4);
  images.forEach(({ description }, index) => {
    group.set(description, 6 + index * 14);
    group.writeUInt16LE(index + 1, 6 + index * 14 + 12);
  });
  const entry = (type: number, id: number, bytes: Uint8Array): Entry =>
    ({ type, id, lang: language.lang, codepage: 0, bin: Uint8Array.from(bytes).buffer });
  return [...images.map(({ bytes }, index) => entry(types.icon, index + 1, bytes)), entry(types.iconGroup, 1, group)];
}
