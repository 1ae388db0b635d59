/**
 * An output file that does not have its final name yet: bytes are hashed as they are written, and the name appears
 * only when the file is whole.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Sink {
  readonly position: number;
  write(bytes: Uint8Array): void;
  /** Close, rename to the final name, and say what was written. */
  commit(): { readonly size: number; readonly sha256: string };
  /** Close and remove: nothing is left. */
  abort(): void;
}

/** Start writing what will be `path`. `work` is a private folder on the same file system, so the rename is atomic. */
export function openSink(path: string, work: string): Sink {
  const temporary = join(work, randomBytes(8).toString('hex'));
  const fd = openSync(temporary, 'wx', 0o644);
  const hash = createHash('sha256');
  let position = 0;
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    get position() {
      return position;
    },
    write(bytes) {
      hash.update(bytes);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      position += bytes.length;
    },
    commit() {
      fsyncSync(fd); // delayed allocation reports a full disk only here
      close();
      mkdirSync(dirname(path), { recursive: true });
      renameSync(temporary, path);
      return { size: position, sha256: hash.digest('hex') };
    },
    abort() {
      close();
      rmSync(temporary, { force: true });
    },
  };
}
