/**
 * What an earlier run wrote and from which inputs, kept outside dist/ so that dist/ holds nothing but results. A file
 * is reused when its inputs' key is the same and the file system says nobody touched it since, as `make` would.
 */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ioError, type Stamps } from '@slipway/core';

const stamp = z.object({
  key: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  ino: z.number(),
  sha256: z.string(),
});
const stampFile = z.object({
  /** One hash for all that the last run wrote, once it was verified. */
  verified: z.string().optional(),
  files: z.record(z.string(), stamp),
});

export interface StampFile extends Stamps {
  verified: string | undefined;
  /** Every file that was ever recorded, absolute. */
  paths(): readonly string[];
  save(): void;
}

/** The stamps of one output folder. A file that cannot be read or parsed means: nothing is reused. */
export function openStamps(cacheFolder: string, dist: string, work: string): StampFile {
  const file = join(cacheFolder, 'stamps', `${createHash('sha256').update(dist).digest('hex')}.json`);
  const { files, verified } = load(file);
  const stamps = new Map(Object.entries(files));
  const untouched = (path: string): z.infer<typeof stamp> | undefined => {
    const known = stamps.get(path);
    const now = known === undefined ? undefined : lstatSync(path, { throwIfNoEntry: false });
    const same = now?.isFile() === true && now.size === known?.size && now.mtimeMs === known.mtimeMs && now.ino === known.ino;
    return same ? known : undefined;
  };
  const stampsOfDist: StampFile = {
    verified,
    keyOf: (path) => untouched(path)?.key,
    reuse(path, key) {
      const known = untouched(path);
      return known?.key === key ? { size: known.size, sha256: known.sha256 } : undefined;
    },
    paths: () => [...stamps.keys()],
    record(path, key, { size, sha256 }) {
      const { mtimeMs, ino } = lstatSync(path);
      stamps.set(path, { key, size, mtimeMs, ino, sha256 });
    },
    save() {
      try {
        write();
      } catch (error) {
        throw ioError(error, `write ${file}`);
      }
    },
  };
  const write = (): void => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    for (const path of stamps.keys()) if (lstatSync(path, { throwIfNoEntry: false }) === undefined) stamps.delete(path);
    const temporary = join(work, 'stamps.json');
    writeFileSync(temporary, JSON.stringify({ verified: stampsOfDist.verified, files: Object.fromEntries(stamps) }), { mode: 0o600 });
    renameSync(temporary, file);
  };
  return stampsOfDist;
}

function load(file: string): z.infer<typeof stampFile> {
  try {
    return stampFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { files: {} }; // only a cache: the price of losing it is time
  }
}
