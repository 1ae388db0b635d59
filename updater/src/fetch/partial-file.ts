/** A download as it grows on disk: what is there was hashed, so that the last byte decides whether all of it is right. */
import type { CryptoPort, FsPort, Hasher } from '@slipway/core';
import { installError } from '../install-error.ts';

export interface PartialFile {
  /** Bytes that are there and in the hash. */
  readonly size: number;
  append(bytes: Uint8Array): void;
  /** Forget everything. */
  restart(): void;
  /** Whether the bytes are these. Once. */
  matches(sha256: string): boolean;
  /** Durable, with its name, when it returns. */
  finish(): void;
  /** Keep what there is for another time. Never throws. */
  leave(): void;
  /** Remove it. Never throws. */
  remove(): void;
}

export interface PartialPorts {
  readonly fs: FsPort;
  readonly crypto: CryptoPort;
}

const piece = 1024 * 1024;

/** What an earlier run left at `folder/name` is hashed again, as it is on disk now; if it is longer than `limit`, it is forgotten. */
export function openPartial({ fs, crypto }: PartialPorts, folder: string, name: string, limit: number): PartialFile {
  const path = `${folder}/${name}`;
  const attempt = <T>(doing: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw installError(error, `${doing} ${path}`);
    }
  };
  let size = 0;
  let hasher = crypto.sha256();
  const found = attempt('read', () => fs.stat(path));
  if (found?.kind === 'file' && found.size <= limit) size = attempt('read', () => hashInto(fs, path, hasher));
  const file = attempt('write', () => {
    if (found !== undefined && found.kind !== 'file') fs.unlink(path);
    const opened = found?.kind === 'file' ? fs.open(path, 'write') : fs.create(path, 0o600);
    if (found !== undefined && found.size > limit) opened.truncate(0);
    return opened;
  });
  return {
    get size() {
      return size;
    },
    append(bytes) {
      attempt('write', () => file.write(bytes, size));
      hasher.update(bytes);
      size += bytes.length;
    },
    restart() {
      attempt('write', () => file.truncate(0));
      hasher = crypto.sha256();
      size = 0;
    },
    matches: (sha256) => hasher.digest() === sha256,
    finish: () => attempt('write', () => {
      try {
        file.sync();
      } finally {
        file.close();
      }
      fs.syncFolder(folder);
    }),
    leave: () => quietly(() => file.close()),
    remove() {
      quietly(() => file.close());
      quietly(() => fs.unlink(path));
    },
  };
}

function hashInto(fs: FsPort, path: string, hasher: Hasher): number {
  const file = fs.open(path, 'read');
  try {
    const buffer = new Uint8Array(piece);
    for (let position = 0; ;) {
      const count = file.read(buffer, position);
      if (count === 0) return position;
      hasher.update(buffer.subarray(0, count));
      position += count;
    }
  } finally {
    file.close();
  }
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // there is an error already that says more
  }
}
