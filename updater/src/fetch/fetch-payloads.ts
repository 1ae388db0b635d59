/** Step 3 of an update: everything that the routes need, in `downloads/`. */
import { SlipwayError, type FsPort } from '@slipway/core';
import { installError } from '../install-error.ts';
import type { Payload } from '../route/plan-routes.ts';
import { fetchPayload, type FetchPorts } from './fetch-payload.ts';

export interface FetchRequest {
  /** The repository's address, with `/` at its end. */
  readonly url: string;
  /** `<root>/downloads`; made if it is missing. */
  readonly folder: string;
  readonly payloads: readonly Payload[];
  /** Called often, with bytes: those that are there, of all together. */
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Bring every payload to `folder/<sha256>`, whole, verified and durable; what is there already is not fetched again. One
 * after the other: a payload is large, and one connection fills the line. The caller
 * holds the lock. Throws what `fetchPayload` throws.
 */
export async function fetchPayloads(ports: FetchPorts, { url, folder, payloads, progress = () => undefined }: FetchRequest): Promise<void> {
  const total = payloads.reduce((sum, { size }) => sum + size, 0);
  prepare(ports.fs, folder, payloads, total);
  let done = 0;
  for (const payload of payloads) {
    await fetchPayload(ports, `${url}payloads/${payload.sha256}`, folder, payload, (size) => progress(done + size, total));
    done += payload.size;
  }
}

function prepare(fs: FsPort, folder: string, payloads: readonly Payload[], total: number): void {
  try {
    if (fs.stat(folder) === undefined) makeDurable(fs, folder);
    const there = payloads.reduce((sum, { sha256, size }) => sum + Math.min(size, fs.stat(`${folder}/${sha256}`)?.size ?? 0), 0);
    const free = fs.space(folder);
    if (total - there > free) {
      throw new SlipwayError('DISK_FULL', `${total - there} bytes have to be downloaded to ${folder}, and ${free} are free`, { hint: 'Free some space and try again; what is downloaded is kept.' });
    }
  } catch (error) {
    throw installError(error, `prepare ${folder}`);
  }
}

function makeDurable(fs: FsPort, folder: string): void {
  fs.makeFolder(folder, 0o700);
  fs.syncFolder(folder.slice(0, folder.lastIndexOf('/')));
}
