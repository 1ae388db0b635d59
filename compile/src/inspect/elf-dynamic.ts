/**
 * What an ELF executable asks of the dynamic linker: libraries (DT_NEEDED) and symbol versions (DT_VERNEED).
 * Sources: System V gABI chapter 5; Linux Standard Base, "Symbol Versioning".
 */
import { malformed, type BoundedReader } from './bounded-reader.ts';
import { compareDotted, toMinor } from './dotted-version.ts';
import { fileRangeOf, segmentOf, segmentTypes, type ElfImage } from './elf-segments.ts';

const tags = { end: 0, needed: 1, stringTable: 5, stringSize: 10, versionNeeds: 0x6ffffffe, versionNeedCount: 0x6fffffff } as const;
const mostEntries = 4096;
const mostLibraries = 512;
const mostVersions = 4096;
const longestName = 1024;
/** VER_FLG_WEAK: the dynamic linker only warns when such a version is missing. */
const weak = 2;
/** Named after a feature instead of a version: packed relative relocations came with glibc 2.36. */
const featureVersions: Readonly<Record<string, string>> = { GLIBC_ABI_DT_RELR: '2.36' };

export interface DynamicNeeds {
  readonly needed: readonly string[];
  readonly glibcFloor?: string;
}

/** Empty for an executable without a dynamic section. */
export function readDynamicNeeds(reader: BoundedReader, image: ElfImage): DynamicNeeds {
  const entries = readEntries(reader, image);
  const needed = entries.filter(([tag]) => tag === tags.needed);
  if (needed.length > mostLibraries) malformed(`it needs ${needed.length} libraries, more than ${mostLibraries}`);
  const valueOf = (tag: number): number | undefined => entries.find(([one]) => one === tag)?.[1];
  const needs = valueOf(tags.versionNeeds);
  if (needed.length === 0 && needs === undefined) return { needed: [] };

  const nameAt = nameReader(reader, image, valueOf(tags.stringTable), valueOf(tags.stringSize));
  const libraries = needed.map(([, name]) => nameAt(name));
  if (needs === undefined) return { needed: libraries };
  const versions = readVersionNeeds(reader, fileRangeOf(image, needs, 'the version needs').offset, valueOf(tags.versionNeedCount) ?? 0);
  const floor = glibcFloorOf(versions.map(nameAt));
  return { needed: libraries, ...(floor !== undefined && { glibcFloor: floor }) };
}

function readEntries(reader: BoundedReader, image: ElfImage): readonly (readonly [tag: number, value: number])[] {
  const segment = segmentOf(image, segmentTypes.dynamic);
  if (segment === undefined) return [];
  const count = Math.floor(segment.fileSize / 16);
  if (count > mostEntries) malformed(`its dynamic section has ${count} entries, more than ${mostEntries}`, segment.offset);
  const table = reader.fields(segment.offset, count * 16, 'the dynamic section');
  const entries: (readonly [number, number])[] = [];
  for (let at = 0; at < table.length; at += 16) {
    const tag = table.u64(at);
    if (tag === tags.end) return entries;
    entries.push([tag, table.u64(at + 8)]);
  }
  return malformed('its dynamic section has no end', segment.offset);
}

function nameReader(reader: BoundedReader, image: ElfImage, address: number | undefined, size: number | undefined): (index: number) => string {
  if (address === undefined || size === undefined) return malformed('its dynamic section names libraries but no string table');
  const { offset } = fileRangeOf(image, address, 'the dynamic string table');
  reader.within(offset, size, 'the dynamic string table');
  return (index) => {
    if (index >= size) malformed(`name ${index} lies outside the string table of ${size} bytes`, offset);
    return reader.text(offset + index, offset + size, longestName, 'a name in the string table');
  };
}

/** Indices of the names of all versions needed. Both lists are chained by forward distances, so neither can loop. */
function readVersionNeeds(reader: BoundedReader, start: number, libraries: number): readonly number[] {
  if (libraries > mostLibraries) malformed(`it needs versions of ${libraries} libraries, more than ${mostLibraries}`, start);
  const names: number[] = [];
  let at = start;
  for (let library = 0; library < libraries; library++) {
    const need = reader.fields(at, 16, 'a version need');
    names.push(...readVersions(reader, at + need.u32(8), need.u16(2)));
    if (names.length > mostVersions) malformed(`it needs more than ${mostVersions} versions`, at);
    if (need.u32(12) === 0) break;
    at += need.u32(12);
  }
  return names;
}

function readVersions(reader: BoundedReader, start: number, count: number): readonly number[] {
  if (count > mostVersions) malformed(`it needs ${count} versions of one library`, start);
  const names: number[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    const version = reader.fields(at, 16, 'a needed version');
    if ((version.u16(4) & weak) === 0) names.push(version.u32(8));
    if (version.u32(12) === 0) break;
    at += version.u32(12);
  }
  return names;
}

/** The newest `GLIBC_x.y[.z]`; GLIBC_PRIVATE and other libraries' versions say nothing about a release. */
function glibcFloorOf(names: readonly string[]): string | undefined {
  let floor: string | undefined;
  for (const name of names) {
    const match = /^GLIBC_(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?$/.exec(name);
    const version = match === null ? featureVersions[name] : toMinor(Number(match[1]), Number(match[2]), Number(match[3] ?? 0));
    if (version !== undefined && (floor === undefined || compareDotted(version, floor) > 0)) floor = version;
  }
  return floor;
}
