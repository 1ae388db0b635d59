/**
 * Patches decoded a second time, from docs/formats/patch.md alone: slow, simple, all in memory, and without a line of the
 * delta package. What both make must be the same bytes.
 */
import { NaiveBody } from './patch-body.ts';
import { addressMap, readNaiveCovers } from './patch-covers.ts';
import { demand, readNaiveLayout, readPatchFile, sha256, type Part } from './patch-file.ts';
import { findReferences } from './patch-references.ts';

export function naivePatch(patch: Buffer, base: Buffer): Buffer {
  const file = readPatchFile(patch);
  demand(base.length === file.baseSize && sha256(base) === file.baseSha256, 'SHA-256 of the base');
  const next = Buffer.concat(file.parts.map((part) => decodePart(part, base.subarray(part.baseOffset, part.baseOffset + part.baseSize))));
  demand(next.length === file.nextSize, 'size of next');
  file.checks.forEach((check, frame) => {
    // Hashing up to the end of each frame anew would take the square of the time.
    if (frame === 0 || frame === file.checks.length - 1) demand(sha256(next.subarray(0, (frame + 1) * file.frameSize)).startsWith(check), `check of frame ${frame}`);
  });
  demand(sha256(next) === file.nextSha256, 'SHA-256 of next');
  return next;
}

function decodePart(part: Part, base: Uint8Array): Uint8Array {
  const layout = readNaiveLayout(part.layout);
  const covers = readNaiveCovers(part);
  const next = new NaiveBody(part, base, layout, findReferences(base, layout), addressMap(covers, layout)).decode(covers);
  for (const { at, limit, page } of layout.pages) {
    for (let start = 0; start < limit; start += page) {
      const hash = Buffer.from(sha256(next.subarray(start, Math.min(limit, start + page))), 'hex');
      next.set(hash, at + 32 * (start / page));
    }
  }
  return next;
}
