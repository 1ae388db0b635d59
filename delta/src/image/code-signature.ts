import type { ByteSource } from '@slipway/core';
import type { PageHashes } from '../layout.ts';
import type { DeltaPorts } from '../sha256.ts';
import { viewOf, type Image } from './image.ts';

/** Where the page hashes of a Mach-O code signature lie (kern/cs_blobs.h), whether or not they are true. */
export function pageHashesOf(file: ByteSource, image: Image): readonly PageHashes[] {
  const section = image.sections.find((each) => each.name === '#signature');
  if (!section || section.size < 20 || section.size > 1 << 24) return [];
  const view = viewOf(file.read(section.offset, section.size).slice());
  if (view.getUint32(0) !== 0xfade0cc0) return [];
  const found: PageHashes[] = [];
  for (let i = 0; i < Math.min(view.getUint32(8), 16); i++) {
    const at = view.getUint32(16 + i * 8);
    if (at + 44 > section.size || view.getUint32(at) !== 0xfade0c02) continue;
    const [count, limit, pageBits] = [view.getUint32(at + 28), view.getUint32(at + 32), view.getUint8(at + 39)];
    const slots = section.offset + at + view.getUint32(at + 16);
    const fits = slots >= limit && pageBits >= 12 && pageBits <= 16 && count === Math.ceil(limit / 2 ** pageBits) && slots + count * 32 <= section.offset + section.size;
    if (view.getUint8(at + 36) === 32 && view.getUint8(at + 37) === 2 && fits) found.push({ at: slots, limit, pageBits });
  }
  return found;
}

/** The page hashes of the file as they ought to be. */
export function hashPages(ports: DeltaPorts, file: ByteSource, { limit, pageBits }: PageHashes): Uint8Array {
  const page = 2 ** pageBits;
  const hashes = new Uint8Array(Math.ceil(limit / page) * 32);
  for (let at = 0, i = 0; at < limit; at += page, i += 32) {
    const hasher = ports.sha256();
    hasher.update(file.read(at, Math.min(page, limit - at)));
    hashes.set(hasher.digest(), i);
  }
  return hashes;
}
