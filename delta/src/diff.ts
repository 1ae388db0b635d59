import type { ByteSource } from '@slipway/core';
import { applyFrames } from './apply.ts';
import { hex } from './bytes.ts';
import { concat } from './cover.ts';
import { encodePart, frameSize, type Encoded } from './encode.ts';
import { between, equalStretches, lengthOf, type Stretch } from './equal.ts';
import { writeHeader, type FullHeader } from './header.ts';
import { hashPages, pageHashesOf } from './image/code-signature.ts';
import type { Image } from './image/image.ts';
import { parseImage } from './image/parse-image.ts';
import { layoutOf, type LayoutPair } from './image/layout-of.ts';
import { Kernel } from './kernel.ts';
import type { PageHashes } from './layout.ts';
import { stretch } from './load.ts';
import { checkOf, type DeltaPorts } from './sha256.ts';

export interface DiffStats {
  readonly patchSize: number;
  readonly baseSize: number;
  readonly nextSize: number;
  /** What the first part was made as: image, in place, plain. */
  readonly variant: string;
  /** Bytes per part of the patch. */
  readonly streams: Readonly<Record<string, number>>;
}

export interface DiffResult { readonly patch: Uint8Array; readonly stats: DiffStats }

/** Larger files are cut, so that memory stays bounded. */
const largestWhole = 160 * 2 ** 20;
const partBytes = 24 * frameSize;
/** Both files together. */
const smallFiles = 8 * 2 ** 20;
const margin = 8 * 2 ** 20;

/**
 * A patch that makes `next` from `base`, proved by making it. Reads each file a few times; memory is bounded by twice the
 * sizes for files up to 160 MiB and does not grow beyond. Same inputs, same bytes, on every runtime.
 */
export function diff(ports: DeltaPorts, base: ByteSource, next: ByteSource, progress: (done: number) => void = () => {}): DiffResult {
  // One memory for all: what one step is done with the next one takes.
  const kernel = new Kernel();
  const encoded = encodeParts(ports, kernel, base, next, (done) => { progress(done * 0.8); });
  const { sha256: nextSha256, checks } = hashFile(ports, next);
  const header: Omit<FullHeader, 'version' | 'length' | 'frameCount'> = {
    baseSize: base.size, nextSize: next.size, baseSha256: hashFile(ports, base).sha256, nextSha256, frameSize, checks,
    parts: encoded.map(({ baseOffset, part }) => ({ ...part, baseOffset })),
  };
  const head = writeHeader(ports, header);
  const patch = concat([head, ...encoded.map(({ bytes }) => bytes)]);
  const source: ByteSource = { size: patch.length, read: (offset, length) => patch.subarray(offset, offset + length) };
  for (const { index } of applyFrames(ports, kernel, source, base)) progress(0.8 + (0.2 * (index + 1)) / Math.max(1, checks.length));
  const streams: Record<string, number> = { header: head.length };
  for (const each of encoded) for (const [name, size] of Object.entries(each.streams)) streams[name] = (streams[name] ?? 0) + size;
  return { patch, stats: { patchSize: patch.length, baseSize: base.size, nextSize: next.size, variant: encoded[0]?.variant ?? 'plain', streams } };
}

/** SHA-256 of a file, and the checks of its frames. */
function hashFile(ports: DeltaPorts, file: ByteSource): { readonly sha256: string; readonly checks: readonly Uint8Array[] } {
  const hasher = ports.sha256();
  const checks: Uint8Array[] = [];
  const chunk = 1 << 20;
  for (let at = 0; at < file.size; at += chunk) {
    hasher.update(file.read(at, Math.min(chunk, file.size - at)));
    if ((at + chunk) % frameSize === 0 || at + chunk >= file.size) checks.push(checkOf(hasher));
  }
  return { sha256: hex(hasher.digest()), checks };
}

type Placed = Encoded & { readonly baseOffset: number };

function encodeParts(ports: DeltaPorts, kernel: Kernel, base: ByteSource, next: ByteSource, progress: (done: number) => void): readonly Placed[] {
  if (base.size <= largestWhole && next.size <= largestWhole) return [{ ...encodeWhole(ports, kernel, base, next, progress), baseOffset: 0 }];
  const parts: Placed[] = [];
  for (let at = 0; at < next.size; at += partBytes) {
    const size = Math.min(partBytes, next.size - at);
    // The base from the same offset on, and somewhat further: what was taken out in between moves things up.
    const baseOffset = Math.min(at, base.size);
    const window = stretch(base, baseOffset, Math.min(size + margin, base.size - baseOffset));
    parts.push({ ...encodePlain(kernel, window, stretch(next, at, size)), baseOffset });
    progress((at + size) / next.size);
  }
  return parts;
}

/** A part of large files, matched as bytes; where it is mostly equal in place, only what is not. */
function encodePlain(kernel: Kernel, base: ByteSource, next: ByteSource): Encoded {
  const equal = equalStretches(kernel, base, next);
  return encodePart(kernel, base, next, undefined, lengthOf(equal) > next.size / 2 ? equal : undefined, () => {});
}

function encodeWhole(ports: DeltaPorts, kernel: Kernel, base: ByteSource, next: ByteSource, progress: (done: number) => void): Encoded {
  const pair = imagePair(ports, base, next);
  const told = pair ? withoutHashes(base, next, pair) : next;
  const equal = equalStretches(kernel, base, told);
  if (mostlyEqual(equal, base.size, next.size, pair?.image)) return encodePart(kernel, base, told, pair, equal, progress);
  const image = encodePart(kernel, base, told, pair, undefined, progress);
  // Where little is gained, or little to do, the files are tried as bytes as well.
  const doubtful = base.size + next.size <= smallFiles || image.bytes.length > next.size / 8;
  if (image.variant !== 'image' || !doubtful) return image;
  const plain = encodePart(kernel, base, told, pair, [], () => {});
  return plain.bytes.length < image.bytes.length ? plain : image;
}

/** Whether what changed is little, or no code: then references have not moved. */
function mostlyEqual(equal: readonly Stretch[], baseSize: number, nextSize: number, image: Image | undefined): boolean {
  const changed = between(equal, nextSize);
  if (lengthOf(equal) < Math.max(baseSize, nextSize) / 2) return false;
  const codeChanged = (image?.sections ?? []).filter((section) => section.code)
    .some((section) => changed.some(({ from, until }) => from < section.offset + section.size && section.offset < until));
  return !codeChanged || lengthOf(changed) < nextSize / 100;
}

interface Pair extends LayoutPair { readonly image: Image; readonly oldHashes: readonly PageHashes[] }

function imagePair(ports: DeltaPorts, base: ByteSource, next: ByteSource): Pair | undefined {
  const old = parseImage(base);
  const image = old && parseImage(next);
  const pair = old && image ? layoutOf(base, old, next, image) : undefined;
  if (!old || !image || !pair) return undefined;
  // Hashes that are not those of the pages are shipped like anything else.
  const pageHashes = pageHashesOf(next, image).filter((place) => {
    const hashes = hashPages(ports, next, place);
    return next.read(place.at, hashes.length).every((byte, i) => byte === hashes[i]);
  });
  return { ...pair, image, layout: { ...pair.layout, pageHashes }, oldHashes: pageHashesOf(base, old) };
}

/** The new file with the base's page hashes in the place of its own: what is made anew need not be told. */
function withoutHashes(base: ByteSource, next: ByteSource, pair: Pair): ByteSource {
  return pair.layout.pageHashes.reduce((file, place, i) => {
    const hashes = new Uint8Array(Math.ceil(place.limit / 2 ** place.pageBits) * 32);
    const old = pair.oldHashes[i];
    if (old) hashes.set(base.read(old.at, Math.min(hashes.length, Math.ceil(old.limit / 2 ** old.pageBits) * 32)));
    return overlaid(file, place.at, hashes);
  }, next);
}

/** A file with other bytes at one place. */
function overlaid(file: ByteSource, at: number, bytes: Uint8Array): ByteSource {
  return {
    size: file.size,
    read(offset, length) {
      const from = Math.max(at, offset);
      const until = Math.min(at + bytes.length, offset + length);
      if (from >= until) return file.read(offset, length);
      const copy = file.read(offset, length).slice();
      copy.set(bytes.subarray(from - at, until - at), from - offset);
      return copy;
    },
  };
}
