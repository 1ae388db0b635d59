import { SlipwayError, type ByteSource } from '@slipway/core';
import { prepareBody, startWalk, useBaseAndMap, walk, frameSlack } from './body.ts';
import { hex, invalid } from './bytes.ts';
import { readCovers } from './cover.ts';
import { refillFrom } from './refill.ts';
import { readFullHeader, type FullHeader, type Part } from './header.ts';
import { loader } from './load.ts';
import { Kernel } from './kernel.ts';
import { readLayout } from './layout-coding.ts';
import { PageHasher } from './page-hasher.ts';
import { checkOf, type DeltaPorts, type Hasher } from './sha256.ts';

/** A piece of the new file, checked. */
export interface Frame {
  readonly index: number;
  /** Offset in the new file. */
  readonly offset: number;
  /** A view that is valid until the next step. */
  readonly bytes: Uint8Array;
}

const chunkBytes = 1 << 20;

/**
 * Make the new file from the base, frame by frame. The base is hashed first: PATCH_WRONG_BASE before any frame. Every
 * frame is checked before it is handed out, the whole at the end: PATCH_MISMATCH. A patch that cannot be read is
 * PATCH_INVALID, one of a later format PATCH_VERSION. `finished` frames, written by an earlier run, are made and checked
 * again without being handed out, so that nothing written is read.
 */
export function* applyPatch(ports: DeltaPorts, patch: ByteSource, base: ByteSource, finished = 0): Generator<Frame, void, void> {
  checkBase(ports, readFullHeader(ports, patch), base);
  yield* applyFrames(ports, new Kernel(), patch, base, finished);
}

/** As applyPatch, with a base that is known to be the right one, in a kernel's free memory. */
export function* applyFrames(ports: DeltaPorts, kernel: Kernel, patch: ByteSource, base: ByteSource, finished = 0): Generator<Frame, void, void> {
  const header = readFullHeader(ports, patch);
  const whole = ports.sha256();
  const mark = kernel.mark;
  let at = header.length;
  let index = 0;
  for (const part of header.parts) {
    for (const bytes of partFrames(ports, kernel, part, header.frameSize, patch, at, base)) {
      checkFrame(whole, bytes, header, index);
      if (index >= finished) yield { index, offset: index * header.frameSize, bytes };
      index++;
    }
    at += part.layoutSize + part.coversSize + part.bodySize;
    kernel.release(mark);
  }
  if (hex(whole.digest()) !== header.nextSha256) throw new SlipwayError('PATCH_MISMATCH', 'the new file does not hash as the patch says');
}

function checkBase(ports: DeltaPorts, header: FullHeader, base: ByteSource): void {
  if (base.size !== header.baseSize) throw new SlipwayError('PATCH_WRONG_BASE', `the patch is for a base of ${header.baseSize} bytes, this one has ${base.size}`);
  const hasher = ports.sha256();
  for (let at = 0; at < base.size; at += chunkBytes) hasher.update(base.read(at, Math.min(chunkBytes, base.size - at)));
  const found = hex(hasher.digest());
  if (found !== header.baseSha256) throw new SlipwayError('PATCH_WRONG_BASE', `the patch is for a base with SHA-256 ${header.baseSha256}, this one has ${found}`);
}

function checkFrame(whole: Hasher, bytes: Uint8Array, header: FullHeader, index: number): void {
  whole.update(bytes);
  const check = checkOf(whole);
  if (header.checks[index]?.some((byte, i) => byte !== check[i]) ?? true) {
    throw new SlipwayError('PATCH_MISMATCH', `the new file up to byte ${Math.min((index + 1) * header.frameSize, header.nextSize)} does not hash as the patch says`);
  }
}

/** The frames of one part, unchecked. */
function* partFrames(ports: DeltaPorts, kernel: Kernel, part: Part, frameSize: number, patch: ByteSource, at: number, base: ByteSource): Generator<Uint8Array> {
  if (at + part.layoutSize + part.coversSize + part.bodySize > patch.size) throw invalid('it ends early');
  const layout = readLayout(patch.read(at, part.layoutSize).slice(), part.baseSize, part.nextSize);
  const covers = readCovers(kernel, patch, at + part.layoutSize, part);
  const load = loader(base, part.baseOffset, part.baseSize);
  const setup = prepareBody(kernel, layout, part.baseSize, load);
  useBaseAndMap(kernel, covers, layout, kernel.allocate(kernel.exports.basePagesBytes()), load);
  const frame = kernel.allocate(Math.min(frameSize, part.nextSize) + frameSlack);
  refillFrom(kernel, patch, at + part.layoutSize + part.coversSize, part.bodySize);
  kernel.exports.startCoder(0);
  startWalk(kernel, setup, covers, 0, 0);
  const hashers = layout.pageHashes.map((place) => new PageHasher(ports, place));
  for (const { position, bytes } of walk(kernel, frame, part.nextSize, frameSize)) {
    if (kernel.exports.coderOverrun() > 3) throw invalid('its body ends early');
    for (const hasher of hashers) hasher.pass(position, bytes);
    yield bytes;
  }
}
