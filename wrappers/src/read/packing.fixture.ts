/**
 * A packer for tests only, independent of the product's writer: gzip, tar and zip by hand, so that any field can be
 * made wrong, with compressed spans spliced in as the writer does.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';

export interface PackedEntry {
  readonly path: string;
  readonly mode?: number;
  readonly bytes?: Buffer;
  /** Compressed blocks of `bytes`, to be spliced in. */
  readonly span?: Buffer;
  readonly link?: string;
  /** Of a tar: its type flag. */
  readonly type?: string;
}

const none = Buffer.alloc(0);
const lastBlock = Buffer.from([3, 0]);

/** Deterministic bytes that do not compress. */
export function noise(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Independent blocks, each ended by a sync flush. */
export function deflateBlocks(bytes: Buffer, blockBytes = 1 << 20): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    blocks.push(deflateRawSync(bytes.subarray(at, at + blockBytes), { finishFlush: constants.Z_SYNC_FLUSH }));
  }
  return Buffer.concat(blocks);
}

export function tarHeader({ path, mode = 0o644, bytes = none, link, type }: PackedEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\x0000000000000\0`, 124);
  header.write(type ?? (link === undefined ? '0' : '2'), 156);
  header.write(link ?? '', 157, 100);
  header.write('ustar\x0000', 257);
  return sealHeader(header);
}

/** Write the checksum that the other bytes of a header have. */
export function sealHeader(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** The tar's pieces in order; a piece with `span` is a file's content. */
function tarPieces(entries: readonly PackedEntry[]): { readonly bytes: Buffer; readonly span?: Buffer | undefined }[] {
  const pieces: { bytes: Buffer; span?: Buffer | undefined }[] = [];
  for (const entry of entries) {
    const bytes = entry.bytes ?? none;
    pieces.push({ bytes: tarHeader(entry) }, { bytes, span: entry.span }, { bytes: Buffer.alloc((512 - (bytes.length % 512)) % 512) });
  }
  return [...pieces, { bytes: Buffer.alloc(1024) }];
}

export function packTar(entries: readonly PackedEntry[]): Buffer {
  return Buffer.concat(tarPieces(entries).map(({ bytes }) => bytes));
}

export function packTarGz(entries: readonly PackedEntry[]): Buffer {
  const out: Buffer[] = [];
  let pending: Buffer[] = [];
  const flush = (finish: boolean): void => {
    out.push(deflateRawSync(Buffer.concat(pending), { finishFlush: finish ? constants.Z_FINISH : constants.Z_SYNC_FLUSH }));
    pending = [];
  };
  const pieces = tarPieces(entries);
  for (const { bytes, span } of pieces) {
    if (span === undefined) pending.push(bytes);
    else {
      flush(false);
      out.push(span);
    }
  }
  flush(true);
  return gzip(Buffer.concat(out), Buffer.concat(pieces.map(({ bytes }) => bytes)));
}

/** A gzip member around deflated bytes, with the trailer that `content` needs. */
export function gzip(deflated: Buffer, content: Buffer): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.length, 4);
  return Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]), deflated, trailer]);
}

/** Fields of one entry to write wrong, each in the one header or the other. */
export type ZipEdit = (header: Buffer, where: 'local' | 'central', index: number) => void;

export function packZip(entries: readonly PackedEntry[], edit: ZipEdit = () => {}): Buffer {
  const out: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [index, entry] of entries.entries()) {
    const content = entry.link === undefined ? (entry.bytes ?? none) : Buffer.from(entry.link);
    const data = entry.span === undefined ? deflateRawSync(content) : Buffer.concat([entry.span, lastBlock]);
    const name = Buffer.from(entry.path);
    const fields = zipFields(content, data, name);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), fields, name]);
    const head = Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 3]), fields, Buffer.alloc(14), name]);
    const type = entry.path.endsWith('/') ? 0o040000 : entry.link === undefined ? 0o100000 : 0o120000;
    head.writeUInt32LE(((type | (entry.mode ?? 0o644)) << 16) >>> 0, 38);
    head.writeUInt32LE(offset, 42);
    edit(local, 'local', index);
    edit(head, 'central', index);
    out.push(local, data);
    central.push(head);
    offset += local.length + data.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...out, directory, end]);
}

/** From "version needed" to "extra length", which both headers share. */
function zipFields(content: Buffer, data: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(/[^\0-\x7f]/.test(name.toString()) ? 0x800 : 0, 2);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}
