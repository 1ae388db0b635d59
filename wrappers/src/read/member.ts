import { createHash } from 'node:crypto';
import type { Work } from './work.ts';

export type MemberType = 'file' | 'directory' | 'symlink' | 'hardlink';

/** One member of a package, after all of it was read and checked. */
export interface Member {
  /** Forward slashes; a directory's has none at its end. */
  readonly path: string;
  readonly type: MemberType;
  /** As stored: a zip's holds the file type bits of st_mode as well (0o100755), a tar's permissions only (0o755). */
  readonly mode: number;
  /** Bytes of a file or of the file that a hard link names; 0 for the others. */
  readonly size: number;
  /** Of a file, or of the file that a hard link names; lower-case hex. */
  readonly sha256?: string;
  /** Of a symbolic link: as stored, relative to the link's folder. Of a hard link: another member's path. */
  readonly linkTarget?: string;
  /** The content, where the caller asked to keep it. */
  readonly bytes?: Uint8Array;
}

export interface ContentDigest {
  readonly sha256: string;
  readonly bytes?: Uint8Array;
}

/** Digests a member's bytes as they pass, and keeps them only where asked. */
export class MemberContent {
  readonly #hash = createHash('sha256');
  readonly #kept: Uint8Array[] | undefined;
  readonly #work: Work;

  constructor(keep: boolean, work: Work) {
    this.#kept = keep ? [] : undefined;
    this.#work = work;
  }

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#work.bytesHashed += chunk.length;
    // The chunk is a view of a buffer that is filled again.
    this.#kept?.push(chunk.slice());
  }

  /** Call once, after the last byte. */
  end(): ContentDigest {
    const sha256 = this.#hash.digest('hex');
    return this.#kept === undefined ? { sha256 } : { sha256, bytes: Buffer.concat(this.#kept) };
  }
}
