/**
 * `slipway patch`: the new file from the old one and a patch. Killed anywhere, it leaves no output or the whole one, and
 * the next run goes on behind the last frame that was written. docs/patches.md has the shape of --json.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ByteSource } from '@slipway/core';
import { applyPatch, readPatchHeader } from '@slipway/delta';
import { openResumableFile } from '@slipway/platform';
import { deltaPorts } from '../patch/delta-ports.ts';
import { checkOutput, withFiles } from '../patch/inputs.ts';
import { amount } from '../report/amount.ts';
import { openProgress } from '../report/progress.ts';

export interface PatchArguments {
  readonly base: string;
  readonly patch: string;
  readonly output: string;
  readonly json: boolean;
}

export async function patch({ base, patch: patchPath, output, json }: PatchArguments): Promise<number> {
  const path = resolve(output);
  const done = await withFiles([base, patchPath], async (from, source) => {
    checkOutput(path, { PATCH: source });
    const { nextSize, nextSha256, frameSize, frameCount } = readPatchHeader(source);
    // The key is the whole patch: frames that another one made are not trusted, whatever file it claimed to make.
    const file = openResumableFile({ path, key: digest(source), size: nextSize, pieceSize: frameSize });
    const progress = openProgress('patching', json);
    try {
      for (const { index, bytes } of applyPatch(deltaPorts, source, from, file.finished)) {
        file.write(bytes);
        progress.at((index + 1) / frameCount);
        await setImmediate(); // an interrupt is heard between frames
      }
      file.commit(from.mode);
    } catch (error) {
      file.discard();
      throw error;
    } finally {
      progress.close();
    }
    return { size: nextSize, sha256: nextSha256, frames: frameCount, resumedFrames: file.finished };
  });
  const resumed = done.resumedFrames === 0 ? '' : `, ${done.resumedFrames} of ${done.frames} frames from an earlier run`;
  process.stdout.write(json ? `${JSON.stringify({ written: path, ...done })}\n` : `${output}: ${amount(done.size)}, SHA-256 ${done.sha256}${resumed}\n`);
  return 0;
}

const readSize = 1 << 20;

function digest(source: ByteSource): string {
  const hash = createHash('sha256');
  for (let at = 0; at < source.size; at += readSize) hash.update(source.read(at, Math.min(readSize, source.size - at)));
  return hash.digest('hex');
}
