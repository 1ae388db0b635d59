import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { bundledPackageSchema, type BundledStore } from '@slipway/compile';
import { ioError } from '@slipway/core';

const schema = z.array(bundledPackageSchema);

/** What was bundled, in a folder that only its owner writes, for `slipway package`. Losing it costs knowledge, no run. */
export function openBundledStore(folder: string, work: string): BundledStore {
  const nameOf = (key: string): string => `${createHash('sha256').update(key).digest('hex')}.json`;
  const get: BundledStore['get'] = (key) => {
    try {
      return schema.parse(JSON.parse(readFileSync(join(folder, nameOf(key)), 'utf8')));
    } catch {
      return undefined; // never written, or damaged: then it is written again
    }
  };
  return {
    get,
    put(key, packages) {
      if (get(key) !== undefined) return;
      const path = join(folder, nameOf(key));
      try {
        const temporary = join(work, `bundled-${nameOf(key)}`);
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeFileSync(temporary, JSON.stringify(packages), { mode: 0o600 });
        renameSync(temporary, path);
      } catch (error) {
        throw ioError(error, `write ${path}`);
      }
    },
  };
}
