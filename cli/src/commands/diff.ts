/**
 * `slipway diff`: a patch that makes one file from another. docs/patches.md has the shape of --json.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { diff as makePatch, type DiffStats } from '@slipway/delta';
import { openResumableFile } from '@slipway/platform';
import { deltaPorts } from '../patch/delta-ports.ts';
import { checkOutput, withFiles } from '../patch/inputs.ts';
import { amount } from '../report/amount.ts';
import { openProgress } from '../report/progress.ts';
import { table } from '../report/table.ts';

export interface DiffArguments {
  readonly base: string;
  readonly next: string;
  readonly output: string;
  readonly stats: boolean;
  readonly json: boolean;
}

export async function diff({ base, next, output, stats, json }: DiffArguments): Promise<number> {
  // The search is one synchronous call: handlers would run after it. It has written nothing, so a signal may just end it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  const path = resolve(output);
  const made = await withFiles([base, next], async (from, to) => {
    checkOutput(path, { BASE: from, NEXT: to });
    const progress = openProgress('comparing', json);
    try {
      return makePatch(deltaPorts, from, to, progress.at);
    } finally {
      progress.close();
    }
  });
  writeWhole(path, made.patch);
  process.stdout.write(json ? `${JSON.stringify({ patch: path, ...made.stats })}\n` : text(output, made.stats, stats));
  return 0;
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const file = openResumableFile({ path, key: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pieceSize: bytes.length });
  try {
    if (file.finished === 0) file.write(bytes);
    file.commit(0o666 & ~process.umask());
  } catch (error) {
    file.discard();
    throw error;
  }
}

function text(output: string, { patchSize, nextSize, variant, streams }: DiffStats, stats: boolean): string {
  const share = nextSize === 0 ? '' : `, ${((100 * patchSize) / nextSize).toFixed(2)}% of ${amount(nextSize)}`;
  const parts = stats ? table(['part', 'bytes'], [...Object.entries(streams).map(([name, size]) => [name, String(size)]), ['whole patch', String(patchSize)]]) : '';
  return `${output}: ${patchSize} bytes${share}${stats ? `, ${variant}` : ''}\n${parts}`;
}
