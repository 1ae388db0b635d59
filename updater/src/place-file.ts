/** Put one file of a new version into its staging folder: unpacked from its download, or from an installed version. */
import { SlipwayError, type CodecPort, type CryptoPort, type FsPort, type OpenFile } from '@slipway/core';
import type { Layout } from './layout.ts';
import type { ComponentSource } from './source.ts';
import { hashFile, pieces, type FileComponent } from './verify-version.ts';

export interface PlacePorts {
  readonly fs: Pick<FsPort, 'stat' | 'create' | 'open' | 'link' | 'unlink'>;
  readonly crypto: CryptoPort;
  readonly codec: CodecPort;
}

/** Its bytes are not what they should be; nothing is at `to`. */
export interface WrongSource {
  readonly kind: 'wrong source';
  readonly source: ComponentSource;
}

/**
 * Write `component` to `to`: whole, verified, with its exact mode and synced when this returns undefined. A download
 * that unpacks to anything else is removed, so that it is fetched anew.
 */
export async function placeFile(ports: PlacePorts, layout: Layout, source: ComponentSource, component: FileComponent, to: string): Promise<WrongSource | undefined> {
  const right = source.kind === 'download'
    ? await unpack(ports, `${layout.downloads}/${component.full.sha256}`, component, to)
    : reuse(ports, source.from, component, to);
  return right ? undefined : { kind: 'wrong source', source };
}

async function unpack(ports: PlacePorts, from: string, component: FileComponent, to: string): Promise<boolean> {
  const packed = ports.fs.stat(from);
  if (packed === undefined) throw new SlipwayError('IO_FAILED', `${from} is gone`, { hint: 'Run the command again; something removes downloads while they are used.' });
  const right = await fill(ports, component, to, async (write) => {
    try {
      for await (const piece of ports.codec.gunzip(freshPieces(ports.fs, from), component.size)) write(piece);
    } catch (error) {
      if (!isMalformed(error)) throw error;
    }
  });
  if (!right) ports.fs.unlink(from);
  return right;
}

/** What inflating answers to bytes that are no gzip file, or one of too much: they count as other bytes. */
function isMalformed(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code.startsWith('Z_') || code === 'EFBIG';
}

/** A second name of the same bytes costs no space and no writing; where that cannot be, a copy. */
function reuse(ports: PlacePorts, from: string, component: FileComponent, to: string): boolean {
  const { fs, crypto } = ports;
  const found = fs.stat(from);
  if (found?.kind !== 'file' || found.size !== component.size) return false;
  if ((found.mode & 0o777) !== component.mode || !linked(fs, from, to)) return copy(ports, from, component, to);
  // The new name is what is verified: whatever happens to the old one, these are the bytes that stay.
  if (hashFile(fs, crypto, to) !== component.sha256) {
    fs.unlink(to);
    return false;
  }
  synced(fs.open(to, 'read')); // for writing, a program that runs cannot be opened
  return true;
}

function linked(fs: PlacePorts['fs'], from: string, to: string): boolean {
  try {
    fs.link(from, to);
    return true;
  } catch (error) {
    // Other file system, one without hard links, too many of them, or forbidden for other users' files.
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EACCES'].includes(String((error as { code?: unknown }).code))) return false;
    throw error;
  }
}

function synced(file: OpenFile): void {
  try {
    file.sync();
  } finally {
    file.close();
  }
}

function copy(ports: PlacePorts, from: string, component: FileComponent, to: string): boolean {
  const output = openOutput(ports, component, to);
  try {
    for (const piece of pieces(ports.fs, from)) output.write(piece);
  } catch (error) {
    output.abandon();
    throw error;
  }
  return output.finish();
}

async function fill(ports: PlacePorts, component: FileComponent, to: string, produce: (write: (bytes: Uint8Array) => void) => Promise<void>): Promise<boolean> {
  const output = openOutput(ports, component, to);
  try {
    await produce(output.write);
  } catch (error) {
    output.abandon();
    throw error;
  }
  return output.finish();
}

interface Output {
  write(bytes: Uint8Array): void;
  /** Sync and close; whether it holds what it should. Nothing is left when it does not. */
  finish(): boolean;
  abandon(): void;
}

/** A new file that is hashed while it is written. */
function openOutput({ fs, crypto }: PlacePorts, { mode, size, sha256 }: FileComponent, to: string): Output {
  const file = fs.create(to, mode);
  const hasher = crypto.sha256();
  let written = 0;
  const abandon = (): void => {
    try {
      file.close();
    } finally {
      fs.unlink(to);
    }
  };
  return {
    write(bytes) {
      file.write(bytes, written);
      hasher.update(bytes);
      written += bytes.length;
    },
    finish() {
      if (written !== size || hasher.digest() !== sha256) {
        abandon();
        return false;
      }
      synced(file);
      return true;
    },
    abandon,
  };
}

const packedPieceSize = 256 * 1024;

/** A download in pieces, each in memory of its own: inflating works ahead. */
async function* freshPieces(fs: PlacePorts['fs'], path: string): AsyncGenerator<Uint8Array> {
  const file = fs.open(path, 'read');
  try {
    for (let position = 0; ;) {
      const buffer = new Uint8Array(packedPieceSize);
      const count = file.read(buffer, position);
      if (count === 0) return;
      position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    file.close();
  }
}
