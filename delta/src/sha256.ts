/** SHA-256 while it is fed, as Node and Bun have it. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** A second hasher that has seen the same bytes. */
  copy(): Hasher;
  digest(): Uint8Array;
}

/** What this package needs from outside. */
export interface DeltaPorts { sha256(): Hasher }

/** First eight bytes of the hash so far. */
export function checkOf(hasher: Hasher): Uint8Array { return hasher.copy().digest().slice(0, 8); }
