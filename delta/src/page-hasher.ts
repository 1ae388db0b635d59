import type { PageHashes } from './layout.ts';
import type { DeltaPorts, Hasher } from './sha256.ts';

/**
 * Puts page hashes of a code signature into the new file as it comes: hashes the pages that go by, and writes the hashes
 * over the bytes where they belong, which lie behind all pages.
 */
export class PageHasher {
  private readonly ports: DeltaPorts;
  private readonly place: PageHashes;
  private readonly hashes: Uint8Array;
  private hasher: Hasher | undefined;
  private done = 0;

  constructor(ports: DeltaPorts, place: PageHashes) {
    this.ports = ports;
    this.place = place;
    this.hashes = new Uint8Array(Math.ceil(place.limit / 2 ** place.pageBits) * 32);
  }

  /** The next bytes of the file, in order; changed in place where they are hashes. */
  pass(position: number, bytes: Uint8Array): void {
    const { at, limit, pageBits } = this.place;
    const page = 2 ** pageBits;
    while (this.done < limit && this.done < position + bytes.length) {
      const end = Math.min(limit, (Math.floor(this.done / page) + 1) * page, position + bytes.length);
      this.hasher ??= this.ports.sha256();
      this.hasher.update(bytes.subarray(this.done - position, end - position));
      if (end === limit || end % page === 0) {
        this.hashes.set(this.hasher.digest(), Math.floor((end - 1) / page) * 32);
        this.hasher = undefined;
      }
      this.done = end;
    }
    const from = Math.max(at, position);
    const until = Math.min(at + this.hashes.length, position + bytes.length);
    if (from < until) bytes.set(this.hashes.subarray(from - at, until - at), from - position);
  }
}
