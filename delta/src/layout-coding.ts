import { ByteReader, ByteWriter, invalid } from './bytes.ts';
import { emptyLayout, rules, type Field, type Layout, type PageHashes, type Region, type Segment } from './layout.ts';

const segmentLimit = 64;
const regionLimit = 256;
/** Addresses from the first to the last region with jump tables. */
const spanLimit = 2 ** 28;
/** Bytes of a base whose references are known: an eighth of that is memory. */
const marksLimit = 2 ** 28;
const addressLimit = 2 ** 31;

/** The layout as bytes; nothing when nothing is known of the files. */
export function writeLayout(layout: Layout): Uint8Array {
  const out = new ByteWriter();
  if (layout.old.segments.length + layout.pageHashes.length === 0) return out.done();
  writeSegments(out, layout.old.segments);
  writeSegments(out, layout.newSegments);
  out.number(layout.old.regions.length);
  let end = 0;
  for (const region of layout.old.regions) {
    out.byte(region.rule);
    out.number(region.offset - end);
    out.number(region.size);
    out.number(region.address);
    end = region.offset + region.size;
    if (region.rule === rules.records) out.number(region.stride);
    if (region.rule === rules.data) {
      out.byte((region.pointers ? 1 : 0) + (region.jumps ? 2 : 0));
      out.signed(region.lowest);
    }
    out.number(region.fields.length);
    for (const field of region.fields) {
      out.number(field.offset);
      out.byte(field.width);
      out.byte(field.bits);
      out.signed(field.oldBase);
      out.signed(field.newBase);
    }
  }
  out.number(layout.pageHashes.length);
  for (const { at, limit, pageBits } of layout.pageHashes) {
    out.number(at);
    out.number(limit);
    out.byte(pageBits);
  }
  return out.done();
}

function writeSegments(out: ByteWriter, segments: readonly Segment[]): void {
  out.number(segments.length);
  for (const segment of segments) {
    for (const value of [segment.address, segment.memory, segment.offset, segment.size]) out.number(value);
    out.byte(segment.code ? 1 : 0);
  }
}

/** Reads a layout and checks all that the kernel relies on. */
export function readLayout(bytes: Uint8Array, baseSize: number, nextSize: number): Layout {
  if (bytes.length === 0) return emptyLayout;
  const reader = new ByteReader(bytes, 'its layout');
  const segments = readSegments(reader, baseSize);
  const newSegments = readSegments(reader, nextSize);
  if (baseSize > marksLimit) throw invalid('its base is too large to have references');
  let end = 0;
  const regions = Array.from({ length: reader.number(regionLimit) }, (): Region => {
    const region = readRegion(reader, end, baseSize);
    end = region.offset + region.size;
    return region;
  });
  const tables = regions.filter((region) => region.jumps);
  const span = Math.max(0, ...tables.map((region) => region.address + region.size)) - Math.min(...tables.map((region) => region.address));
  if (tables.length > 0 && span > spanLimit) throw invalid('its jump tables are too far apart');
  const pageHashes = Array.from({ length: reader.number(4) }, (): PageHashes => {
    const place = { at: reader.number(nextSize), limit: reader.number(nextSize), pageBits: reader.byte() };
    if (place.pageBits < 12 || place.pageBits > 16 || place.at < place.limit || place.at + Math.ceil(place.limit / 2 ** place.pageBits) * 32 > nextSize) throw invalid('page hashes lie outside the file');
    return place;
  });
  if (!reader.atEnd) throw invalid('its layout has bytes left over');
  return { old: { segments, regions }, newSegments, pageHashes };
}

function readSegments(reader: ByteReader, fileSize: number): readonly Segment[] {
  let before = 0;
  return Array.from({ length: reader.number(segmentLimit) }, (): Segment => {
    const segment = {
      address: reader.number(addressLimit), memory: reader.number(addressLimit), offset: reader.number(fileSize), size: reader.number(fileSize),
      code: reader.byte() === 1,
    };
    if (segment.address < before || segment.memory === 0 || segment.address + segment.memory > addressLimit) throw invalid('its segments overlap');
    if (segment.offset + segment.size > fileSize) throw invalid('a segment lies outside the file');
    before = segment.address + segment.memory;
    return segment;
  });
}

function readRegion(reader: ByteReader, end: number, baseSize: number): Region {
  const rule = reader.byte() as Region['rule'];
  if (!Object.values(rules).includes(rule)) throw invalid(`its layout has a region of kind ${rule}`);
  const offset = end + reader.number(baseSize);
  const size = reader.number(baseSize);
  const address = reader.number(addressLimit);
  const stride = rule === rules.records ? reader.number(4096) : 0;
  const holds = rule === rules.data ? reader.byte() : 0;
  const lowest = rule === rules.data ? reader.signed() : 0n;
  if (size === 0 || offset + size > baseSize) throw invalid('a region lies outside the base');
  const alignment = rule === rules.data ? 8 : rule === rules.arm64 ? 4 : 1;
  if (offset % alignment !== 0 || lowest < 0n) throw invalid('a region is not aligned');
  const fields = Array.from({ length: reader.number(8) }, (): Field => readField(reader));
  checkFields(rule, stride, fields);
  return { rule, offset, size, address, stride, fields, lowest, pointers: (holds & 1) !== 0, jumps: (holds & 2) !== 0 };
}

function readField(reader: ByteReader): Field {
  const field = { offset: reader.number(4096), width: reader.byte(), bits: reader.byte(), oldBase: reader.signed(), newBase: reader.signed() };
  if ((field.width !== 4 && field.width !== 8) || field.bits > field.width * 8 || (field.width === 4 && field.bits % 32 !== 0) || (field.width === 8 && field.bits === 0)) throw invalid('a field has no such form');
  return { ...field, width: field.width };
}

const fieldCounts: Readonly<Record<number, readonly number[]>> = { [rules.x86]: [0, 1], [rules.arm64]: [0], [rules.data]: [1], [rules.frames]: [1], [rules.goFuncs]: [4] };

/** Fields do not overlap, and there are as many as the rule has codes. */
function checkFields(rule: Region['rule'], stride: number, fields: readonly Field[]): void {
  if (rule === rules.records) {
    let end = 0;
    for (const field of fields) {
      if (field.offset < end) throw invalid('fields overlap');
      end = field.offset + field.width;
    }
    if (fields.length === 0 || end > stride) throw invalid('a field lies outside its record');
    return;
  }
  const width = rule === rules.data ? 8 : 4;
  if (!fieldCounts[rule]?.includes(fields.length) || fields.some((field) => field.width !== width)) throw invalid('a region has other fields than its kind');
}
